/** Exit codes. `usage`: called wrongly; `config`: the key or the set-up is at fault, not the request. */
export const EXIT = { ok: 0, failure: 1, usage: 2, config: 78 } as const;
