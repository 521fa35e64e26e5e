import { each, fields, orNothing, text } from '@datalayer-secrets/shared/shape';
import type { Event } from '@jupyterlab/services';
import { type IStream, Signal } from '@lumino/signaling';

/** As the server extension emits it. */
export const KERNELS_SCHEMA = 'https://events.datalayer.io/jupyterlab_datalayer_secrets/kernels/v1';

const notebook = { notebook: text, path: text };
const grant = { ...notebook, vault: text, name: text };
const SHAPES = {
  state: fields({ notebook: text }),
  granted: fields({ ...grant, replaced: orNothing(text) }),
  revoked: fields(grant),
  missing: fields({ ...notebook, names: each(text), reason: text }),
};

type Kind = keyof typeof SHAPES;
/**
 * What happened to a notebook, told to all pages: `state` (ask anew), a secret was `granted` or `revoked`, also by a script in a page;
 * or its kernel started, or asked, and something that it should have is `missing`.
 */
export type KernelEvent = { [K in Kind]: { readonly kind: K } & ReturnType<(typeof SHAPES)[K]> }[Kind];

/** Events on notebooks and kernels, from the socket that JupyterLab has already. Whoever can emit events can emit these. */
export class KernelEvents {
  readonly heard = new Signal<this, KernelEvent>(this);

  constructor(events: IStream<unknown, Event.Emission>) {
    events.connect((_, emission) => {
      const event = emission.schema_id === KERNELS_SCHEMA ? read(emission) : null;
      if (event) this.heard.emit(event);
    });
  }
}

/** Null for what is none of them; newer servers may have others. */
function read(emission: Event.Emission): KernelEvent | null {
  const { kind } = emission;
  if (typeof kind !== 'string' || !Object.hasOwn(SHAPES, kind)) return null;
  try {
    return { kind, ...SHAPES[kind as Kind](emission) } as KernelEvent;
  } catch {
    return null;
  }
}
