import { userInfo } from 'node:os';
import type { Account } from '@datalayer-secrets/shared';

/** The account of the local vault: the user of this machine. In containers a user may have a number and no name. */
export function ownAccount(): Account {
  const number = process.getuid?.();
  try {
    const { username } = userInfo();
    return { uid: `local-${number ?? username}`, handle: username, email: null };
  } catch {
    return { uid: `local-${number ?? 'user'}`, handle: `user-${number ?? ''}`, email: null };
  }
}

/**
 * An account as Datalayer's clients read it. Both spellings of each field are there: npm @datalayer/core reads the long
 * ones and falls back to the short; Python's `get_profile()` wants six of the keys, and of an address only a valid one
 * or null.
 */
export function profile({ uid, handle, email }: Account): Record<string, unknown> {
  return {
    id: uid,
    uid,
    handle_s: handle,
    handle,
    email_s: email,
    email,
    first_name_t: handle,
    last_name_t: '',
    avatar_url_s: null,
    avatar_url: null,
    type_s: 'user',
    origin_s: 'local',
    roles_ss: ['platform_member'],
    creation_ts_dt: null,
    join_request_ts_dt: null,
    join_ts_dt: null,
    last_update_ts_dt: null,
  };
}
