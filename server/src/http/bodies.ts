import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import { SecretValue } from '@datalayer-secrets/shared';

/**
 * The bodies that requests may have. Loaded with the first of them: making the schemas is a noticeable part of a start.
 * What a name or description may hold is for the vault to say: a remote one has rules of its own.
 */
const Description = v.nullish(v.string(), '');
/** The Python CLI sends `SecretVariant.GENERIC` where the SDK sends `generic`. */
const Variant = v.pipe(
  v.string(),
  v.transform((text) => text.replace(/^SecretVariant\./, '').toLowerCase()),
  v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
);
const Encoding = v.picklist(['plain', 'base64']);
const Slot = v.picklist(['keychain', 'passphrase', 'file']);
/** From here on a passphrase or token cannot be printed by accident. */
const Hidden = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(8192),
  v.transform((text) => new SecretValue(text)),
);
const KeyFile = v.pipe(
  v.string(),
  v.maxLength(4096),
  v.check((path) => isAbsolute(path) && !path.includes('\0')),
);

export const Nothing = v.object({});

export const NewSecret = v.object({
  name: v.string(),
  description: Description,
  variant: v.optional(Variant, 'generic'),
  value: v.string(),
  encoding: v.optional(Encoding),
});

/** Any part of a secret; React sends the whole of it, value included, to change one field. */
export const Changes = v.object({
  name: v.optional(v.string()),
  description: v.optional(Description),
  variant: v.optional(Variant),
  value: v.optional(v.string()),
  encoding: v.optional(Encoding),
});

export const Replacement = v.object({ value: v.string(), encoding: v.optional(Encoding) });

export const Login = v.object({ token: v.optional(v.pipe(v.string(), v.maxLength(5000))) });

export const TokenRequest = v.object({
  label: v.pipe(v.string(), v.minLength(1), v.maxLength(200), v.regex(/^[^\p{Cc}]*$/u)),
  scope: v.picklist(['page', 'kernel', 'full']),
});

export const Setup = v.object({
  slot: Slot,
  passphrase: v.exactOptional(Hidden),
  keyFile: v.exactOptional(KeyFile),
});

export const Unlock = v.object({
  slot: v.exactOptional(Slot),
  passphrase: v.exactOptional(Hidden),
  keyFile: v.exactOptional(KeyFile),
  interactive: v.boolean(),
});

export const Passphrase = v.object({ passphrase: Hidden });

export const SignIn = v.object({
  origin: v.exactOptional(v.pipe(v.string(), v.maxLength(2048))),
  token: v.exactOptional(Hidden),
  source: v.exactOptional(v.picklist(['datalayer-cli', 'environment'])),
  remember: v.exactOptional(v.boolean()),
  check: v.exactOptional(v.boolean()),
});

export const Stop = v.object({ replacement: v.optional(v.boolean()) });
