import { failure } from './error-table.ts';

/**
 * What a part of an answer has to be: returns it, without the fields that are not named.
 * @throws protocol for anything else
 */
export type Shape<T> = (said: unknown) => T;
export type Read<S> = S extends Shape<infer T> ? T : never;

function misfit(): never {
  throw failure('protocol');
}

export const text: Shape<string> = (said) => (typeof said === 'string' ? said : misfit());
export const number: Shape<number> = (said) => (typeof said === 'number' ? said : misfit());
export const truth: Shape<boolean> = (said) => (typeof said === 'boolean' ? said : misfit());
export const list: Shape<readonly unknown[]> = (said) => (Array.isArray(said) ? said : misfit());
export const anything: Shape<unknown> = (said) => said;

export function each<T>(shape: Shape<T>): Shape<T[]> {
  return (said) => list(said).map((item) => shape(item));
}

export function oneOf<T extends string>(...known: readonly T[]): Shape<T> {
  return (said) => known.find((one) => one === said) ?? misfit();
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (said) => (said === null ? null : shape(said));
}

export function orNothing<T>(shape: Shape<T>): Shape<T | undefined> {
  return (said) => (said === undefined ? undefined : shape(said));
}

export function fields<T extends Readonly<Record<string, Shape<unknown>>>>(
  shapes: T,
): Shape<{ readonly [Name in keyof T]: Read<T[Name]> }> {
  return (said) => {
    const from: Record<string, unknown> = typeof said === 'object' && said !== null ? { ...said } : misfit();
    const read = Object.entries(shapes).map(([name, shape]) => [name, shape(from[name])]);
    return Object.fromEntries(read) as { readonly [Name in keyof T]: Read<T[Name]> };
  };
}

/** The items that fit. */
export function fitting<T>(shape: Shape<T>, items: readonly unknown[]): T[] {
  return items.flatMap((item) => {
    try {
      return [shape(item)];
    } catch {
      return [];
    }
  });
}
