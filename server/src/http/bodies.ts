import { isAbsolute } from 'node:path';
import * as z from 'zod/mini';
import { SecretValue } from '@datalayer-secrets/shared';

/**
 * The bodies that requests may have. Loaded with the first of them: making the schemas is a noticeable part of a start.
 * What a name or description may hold is for the vault to say: a remote one has rules of its own.
 */
const Description = z.pipe(
  z.nullish(z.string()),
  z.transform((text) => text ?? ''),
);
/** The Python CLI sends `SecretVariant.GENERIC` where the SDK sends `generic`. */
const Variant = z.pipe(
  z.string(),
  z.pipe(
    z.transform((text: string) => text.replace(/^SecretVariant\./, '').toLowerCase()),
    z.string().check(z.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)),
  ),
);
const Encoding = z.enum(['plain', 'base64']);
const Slot = z.enum(['keychain', 'passphrase', 'file']);
/** From here on a passphrase or token cannot be printed by accident. */
const Hidden = z.pipe(
  z.string().check(z.minLength(1), z.maxLength(8192)),
  z.transform((text) => new SecretValue(text)),
);
const KeyFile = z.string().check(
  z.maxLength(4096),
  z.refine((path) => isAbsolute(path) && !path.includes('\0')),
);

export const Nothing = z.object({});

export const NewSecret = z.object({
  name: z.string(),
  description: Description,
  variant: z._default(Variant, 'generic'),
  value: z.string(),
  encoding: z.optional(Encoding),
});

/** Any part of a secret; React sends the whole of it, value included, to change one field. */
export const Changes = z.object({
  name: z.optional(z.string()),
  description: z.optional(Description),
  variant: z.optional(Variant),
  value: z.optional(z.string()),
  encoding: z.optional(Encoding),
});

export const Replacement = z.object({ value: z.string(), encoding: z.optional(Encoding) });

export const Login = z.object({ token: z.optional(z.string().check(z.maxLength(5000))) });

export const TokenRequest = z.object({
  label: z.string().check(z.minLength(1), z.maxLength(200), z.regex(/^[^\p{Cc}]*$/u)),
  scope: z.enum(['page', 'kernel', 'full']),
});

export const Setup = z.object({
  slot: Slot,
  passphrase: z.exactOptional(Hidden),
  keyFile: z.exactOptional(KeyFile),
});

export const Unlock = z.object({
  slot: z.exactOptional(Slot),
  passphrase: z.exactOptional(Hidden),
  keyFile: z.exactOptional(KeyFile),
  interactive: z.boolean(),
});

export const Passphrase = z.object({ passphrase: Hidden });

export const SignIn = z.object({
  origin: z.exactOptional(z.string().check(z.maxLength(2048))),
  token: z.exactOptional(Hidden),
  source: z.exactOptional(z.enum(['datalayer-cli', 'environment'])),
  remember: z.exactOptional(z.boolean()),
  check: z.exactOptional(z.boolean()),
});

export const Stop = z.object({ replacement: z.optional(z.boolean()) });
