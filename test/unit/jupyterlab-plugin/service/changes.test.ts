// @vitest-environment jsdom
import '../setup.ts';
import type { Event } from '@jupyterlab/services';
import { Stream } from '@lumino/signaling';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { failure, type ChangeListener, type SecretsError } from '@datalayer-secrets/shared';

import { CHANGES_SCHEMA, ServerChanges } from '../../../../jupyterlab-plugin/src/service/changes.ts';

let events: Stream<unknown, Event.Emission>;
let changes: ServerChanges;
/** Says to all who watch that events may have been missed. */
let gaps: Set<() => void>;
const changed = vi.fn<ChangeListener>();
const lost = vi.fn<(error: SecretsError) => void>();
const tell = (data: Record<string, string | number | boolean>, schema_id = CHANGES_SCHEMA): void =>
  events.emit({ ...data, schema_id });

beforeEach(() => {
  vi.clearAllMocks();
  events = new Stream({});
  gaps = new Set();
  changes = new ServerChanges(events, (missed) => {
    gaps.add(missed);
    return () => void gaps.delete(missed);
  });
});

describe('changes of vaults', () => {
  it('are told while somebody listens', () => {
    const stop = changes.source(changed, lost);
    tell({ vault: 'local', revision: 7 });
    stop();
    tell({ vault: 'local', revision: 8 });
    expect(changed.mock.calls).toEqual([[{ vault: 'local', revision: 7 }]]);
  });

  it('from before the subscription are told at it, the newest of each vault', () => {
    tell({ vault: 'local', revision: 7 });
    tell({ vault: 'datalayer', revision: 1 });
    tell({ vault: 'local', revision: 8 });
    changes.source(changed, lost);
    expect(changed.mock.calls).toEqual([[{ vault: 'local', revision: 8 }], [{ vault: 'datalayer', revision: 1 }]]);
  });

  it('that are not ours, or not what ours are, are not heard', () => {
    changes.source(changed, lost);
    tell({ vault: 'local', revision: 7 }, 'https://events.jupyter.org/jupyter_server/contents_service/v1');
    tell({ vault: 'local' });
    tell({ revision: 7 });
    tell({ vault: 'local', revision: 'seven' });
    expect(changed).not.toHaveBeenCalled();
  });

  it('end when the service does: that is told once, and what was known of it is forgotten', () => {
    changes.source(changed, lost);
    tell({ vault: 'local', revision: 7 });
    tell({ lost: true });
    tell({ vault: 'local', revision: 1 });
    expect(lost.mock.calls.map(([{ kind }]) => kind)).toEqual(['offline']);
    expect(changed).toHaveBeenCalledTimes(1);
    changes.source(changed, lost);
    expect(changed.mock.calls.at(-1)).toEqual([{ vault: 'local', revision: 1 }]);
  });

  it('that were missed are told as one whose revision nobody knows, while somebody listens', () => {
    const stop = changes.source(changed, lost);
    for (const missed of gaps) missed();
    expect(changed.mock.calls).toEqual([[{ vault: 'local', revision: -1 }]]);
    stop();
    expect(gaps.size).toBe(0);
    changes.source(changed, lost);
    tell({ lost: true });
    expect(gaps.size).toBe(0);
  });

  it('end when the Jupyter server is gone', () => {
    changes.source(changed, lost);
    changes.lose(failure('offline', { reason: 'jupyter' }));
    expect(lost.mock.calls.map(([{ details }]) => details['reason'])).toEqual(['jupyter']);
  });
});
