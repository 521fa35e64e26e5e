import { byName } from '../order.ts';
import type { Secret } from '../secret.ts';
import type { ModelState, SecretList, VaultView } from './state.ts';

/** Deep comparison of plain data as it comes from JSON, and of errors, by their kind and details. */
const equal = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** `next`, with every part that says the same as before replaced by the earlier object; `before` itself if all do. */
export function keepSame(before: ModelState, next: ModelState): ModelState {
  const service = equal(before.service, next.service) ? before.service : Object.freeze(next.service);
  const offers = equal(before.offers, next.offers) ? before.offers : Object.freeze(next.offers);
  const vaults = keepVaults(before.vaults, next.vaults);
  const unchanged =
    service === before.service &&
    offers === before.offers &&
    vaults === before.vaults &&
    next.typeFilter === before.typeFilter;
  return unchanged ? before : Object.freeze({ service, vaults, offers, typeFilter: next.typeFilter });
}

function keepVaults(before: readonly VaultView[], next: readonly VaultView[]): readonly VaultView[] {
  const earlier = new Map(before.map((view) => [view.info.id, view]));
  const kept = next.map((view) => {
    const old = earlier.get(view.info.id);
    if (!old) return Object.freeze(view);
    const info = equal(old.info, view.info) ? old.info : view.info;
    const list = sameList(old.list, view.list) ? old.list : Object.freeze(view.list);
    const { creating, deleting } = view;
    const unchanged = info === old.info && list === old.list && creating === old.creating && deleting === old.deleting;
    return unchanged ? old : Object.freeze({ info, list, creating, deleting });
  });
  const unchanged = kept.length === before.length && kept.every((view, index) => view === before[index]);
  return unchanged ? before : Object.freeze(kept);
}

/** Lists are long, and keep their object while they are the same. */
function sameList(a: SecretList, b: SecretList): boolean {
  return secretsIn(a) === secretsIn(b) && equal({ ...a, secrets: null }, { ...b, secrets: null });
}

function secretsIn(list: SecretList): readonly Secret[] | null {
  return 'secrets' in list ? list.secrets : null;
}

function sameSecret(a: Secret, b: Secret): boolean {
  return a.name === b.name && a.description === b.description && a.type === b.type && equal(a.kwargs, b.kwargs);
}

/** The secrets in order, with each that is as before replaced by the earlier object, so that a view can compare quickly. */
export function ordered(before: readonly Secret[], next: readonly Secret[]): readonly Secret[] {
  const earlier = new Map(before.map((secret) => [secret.uid, secret]));
  const kept = next.map((secret) => {
    const old = earlier.get(secret.uid);
    return old && sameSecret(old, secret) ? old : secret;
  });
  kept.sort(byName);
  const unchanged = kept.length === before.length && kept.every((secret, index) => secret === before[index]);
  return unchanged ? before : Object.freeze(kept);
}
