export function waitForTurn(file: string, say: (line: string) => void): Promise<() => void>;
