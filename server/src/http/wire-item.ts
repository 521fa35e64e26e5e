import { SecretsError } from '@datalayer-secrets/shared';
import type { ValueEncoding } from './body.ts';
import type { Item } from './open-secrets.ts';
import type { Ctx } from './parts.ts';

/** How this request wants values written, and writes its own where its body does not say. */
export function encodingOf(c: Ctx, preferred: ValueEncoding): ValueEncoding {
  const asked = c.req.header('x-value-encoding');
  if (asked === undefined) return preferred;
  if (asked !== 'plain' && asked !== 'base64') {
    throw new SecretsError('invalid', 'The value encoding must be plain or base64.', { field: 'x-value-encoding' });
  }
  return asked;
}

/**
 * A secret on the wire. The fields are an allow-list: whatever else a store knows stays there. `secret_type` repeats the
 * type because Python clients lose `variant_s` of lists; keys `name`, `description`, `variant` would make them raise.
 */
export function wireItem(item: Item) {
  return {
    id: item.uid,
    uid: item.uid,
    type_s: 'secret',
    variant_s: item.type,
    name_s: item.name,
    description_t: item.description,
    value_s: '',
    secret_type: item.type,
    kwargs: {},
    ...(item.createdAt !== null && { creation_ts_dt: item.createdAt }),
    ...(item.updatedAt !== null && { last_update_ts_dt: item.updatedAt }),
  };
}
