import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../fixtures/cpu-time.ts';
import { findReferences, languageFor, writeReference, type ReferenceLanguage } from '../../../../shared/src/index.ts';

function language(id: string): ReferenceLanguage {
  const found = languageFor(id);
  if (!found) throw new Error(`no row for ${id}`);
  return found;
}

const found = (id: string, text: string) =>
  findReferences(language(id), text).map(({ name, start, end }) => [name, text.slice(start, end)]);
const names = (id: string, text: string) => findReferences(language(id), text).map(({ name }) => name);

describe('references are found as people write them', () => {
  it.each([
    ['python', 'key = os.environ["A"]', ['A', 'os.environ["A"]']],
    ['python', "os.environ['A']", ['A', "os.environ['A']"]],
    ['python', 'os.environ[ r"A" ]', ['A', 'os.environ[ r"A" ]']],
    ['python', 'environ["A"]', ['A', 'environ["A"]']],
    ['python', 'os.environ.get("A")', ['A', 'os.environ.get("A")']],
    ['python', 'os.environ.get("A", "x")', ['A', 'os.environ.get("A"']],
    ['python', 'os.getenv(\n    "A",\n)', ['A', 'os.getenv(\n    "A"']],
    ['python', 'getenv("A")', ['A', 'getenv("A")']],
    ['python', 'datalayer_secrets.get("a b")', ['a b', 'datalayer_secrets.get("a b")']],
    ['python', 'url = "secret://A"', ['A', 'secret://A']],
    ['r', 'Sys.getenv("A")', ['A', 'Sys.getenv("A")']],
    ['r', "Sys.getenv('A', unset = NA)", ['A', "Sys.getenv('A'"]],
    ['r', 'Sys.getenv(x = "A")', ['A', 'Sys.getenv(x = "A")']],
    ['julia', 'ENV["A"]', ['A', 'ENV["A"]']],
    ['julia', 'get(ENV, "A", "")', ['A', 'get(ENV, "A"']],
    ['julia', 'ENV["cost\\$"]', ['cost$', 'ENV["cost\\$"]']],
    ['javascript', 'f(process.env.A)', ['A', 'process.env.A']],
    ['javascript', 'process.env?.A', ['A', 'process.env?.A']],
    ['typescript', "process.env['a-b']!", ['a-b', "process.env['a-b']"]],
    ['javascript', 'process.env[`A`]', ['A', 'process.env[`A`]']],
    ['javascript', 'process.env["\\u{1F600}\\x41"]', ['😀A', 'process.env["\\u{1F600}\\x41"]']],
    ['powershell', '$env:A', ['A', '$env:A']],
    ['powershell', '$ENV:a_1', ['a_1', '$ENV:a_1']],
    ['powershell', '${env:a-b (c)}', ['a-b (c)', '${env:a-b (c)}']],
    ['powershell', '${env:a`{b}', ['a{b', '${env:a`{b}']],
    [
      'powershell',
      `[System.Environment]::GetEnvironmentVariable('it''s')`,
      ["it's", `[System.Environment]::GetEnvironmentVariable('it''s')`],
    ],
    [
      'powershell',
      '[Environment]::GetEnvironmentVariable("a`"b", "User")',
      ['a"b', '[Environment]::GetEnvironmentVariable("a`"b"'],
    ],
    ['shellscript', 'curl "$A"', ['A', '$A']],
    ['shellscript', 'echo ${A}', ['A', '${A}']],
    ['shellscript', 'echo ${A:-none}', ['A', '${A']],
    ['shellscript', 'echo ${#A}', ['A', '${#A}']],
    ['dotenv', 'KEY=secret://A', ['A', 'secret://A']],
    ['yaml', 'key: "secret://my%20key"', ['my key', 'secret://my%20key']],
    ['yaml', 'see secret://clé.', ['clé', 'secret://clé']],
    ['json', '{"env": {"A": "secret://A"}}', ['A', 'secret://A']],
  ])('%s: %s', (id, text, expected) => {
    expect(found(id, text)).toEqual([expected]);
  });

  it.each([
    ['python', 'os.environ[name]'],
    ['python', 'os.environ["A" + x]'],
    ['python', 'os.environ[f"A{x}"]'],
    ['python', 'os.environ["A\nB"]'],
    ['python', 'request.environ["A"]'],
    ['python', 'myenviron["A"]'],
    ['julia', 'ENV["A$x"]'],
    ['javascript', 'process.env[`A${x}`]'],
    ['javascript', 'process.environment.A'],
    ['powershell', '[Environment]::GetEnvironmentVariable("A$x")'],
    ['powershell', '$env:'],
    ['shellscript', 'echo $1 $@ $$ ${1} $'],
    ['yaml', 'secret://'],
    ['yaml', 'secret://%zz'],
    ['yaml', '$A ${A} os.environ["A"]'],
  ])('%s: %j holds none', (id, text) => {
    expect(names(id, text)).toEqual([]);
  });

  it('come in the order of the text, without overlaps', () => {
    expect(names('python', 'a("secret://A"); os.environ["B"]; os.environ["secret://C"]; getenv("D")')).toEqual([
      'A',
      'B',
      'secret://C',
      'D',
    ]);
  });
});

describe('a shell script expands', () => {
  it.each([
    ['nothing in single quotes', `echo '$A' "$B" $'$C\\' $D' $E`, ['B', 'E']],
    ['an apostrophe in double quotes is no quote', `echo "it's $A" '$B'`, ['A']],
    ['nothing in comments, and their apostrophes are no quotes', `# don't $A\necho $B # isn't $C\necho $D`, ['B', 'D']],
    ['a # inside a word is no comment', 'echo a#$A ${#B}', ['A', 'B']],
    ['nothing after a backslash', 'echo \\$A "\\$B" $C', ['C']],
    ['quotes start afresh in a substitution', `echo "$(echo '$A' "$B" $(echo ')$C'))$D" '$E'`, ['B', 'D']],
    ['here-documents', `cat <<EOF\nit's $A \\$B\nEOF\necho '$C' $D`, ['A', 'D']],
    ['not in quoted here-documents', `cat <<'EOF' > "$A"\nisn't $B\nEOF\ncat <<-\\X\n\t$C\n\tX\necho $D`, ['A', 'D']],
    ['two here-documents of one line', `cat <<A - <<'B'\n$X\nA\n$Y\nB\necho $Z`, ['X', 'Z']],
    ['a here-string is no here-document', `cat <<<EOF\necho '$A' $B`, ['B']],
    ['a shift is no here-document', `echo $((1<<N))\necho '$A' $B`, ['B']],
    ['an open quote ends nothing', `echo $A don't $B`, ['A', 'B']],
  ])('%s', (_title, text, expected) => {
    expect(names('shellscript', text)).toEqual(expected);
  });
});

describe('what is written is found again', () => {
  /** Small and repeatable: https://en.wikipedia.org/wiki/Linear_congruential_generator */
  function random(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }
  const alphabet = Array.from(`abzAZ019___--..  $$\\\\""''\`\`{}()[]<>#%&;:/|*?!~^=+,@éßİ日本😀‘’“”„`);

  it.each(['python', 'r', 'julia', 'javascript', 'shellscript', 'powershell', 'dotenv', 'yaml', 'json'])('%s', (id) => {
    const below = random(id.length);
    for (let i = 0; i < 3000; i++) {
      const name = Array.from({ length: 1 + below(12) }, () => alphabet[below(alphabet.length)]).join('');
      if (name.trim() === '') continue;
      for (const style of ['environment', 'get'] as const) {
        const { text } = writeReference(language(id), name, { style });
        if (text !== '') expect(names(id, `${text}\n`), `${name} as ${text}`).toEqual([name]);
        else expect(id).toBe('shellscript');
      }
    }
  });
});

describe('large and hostile texts', () => {
  const fill = (piece: string, size: number) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
  const pieces = [
    'os.environ["',
    `os.environ["os.environ['`,
    'os.environ[  ',
    'os.getenv("A"   ',
    'environ["\\',
    'process.env.',
    'process.env[`',
    'ENV["',
    'get(ENV,',
    'Sys.getenv(',
    '${env:',
    '${env:`',
    '$env:a',
    '$',
    '${',
    "$'",
    "'",
    '"',
    '"$(',
    '$((<',
    '<<A\n',
    "<<'A1'\n",
    '#',
    '((',
    'secret://',
    'secret://.',
    'secret://%',
    'secret://%ff',
    `a,1,2,"x y",'z'\n`,
    '\\',
    `getenv(${' '.repeat(79)}`,
    `ENV["${'a'.repeat(4000)}`,
  ];
  const languages = ['python', 'javascript', 'shellscript', 'powershell', 'julia', 'r', 'yaml'].map(language);

  /** The best of three, because the first one compiles; one is enough where it is quick. */
  function expectQuick(row: ReferenceLanguage, text: string, ms: number): void {
    let best = Infinity;
    for (let run = 0; run < 3 && best >= ms; run++) {
      best = Math.min(
        best,
        cpuMs(() => findReferences(row, text)),
      );
    }
    expect(best, row.id).toBeLessThan(ms);
  }

  it.each(pieces)('a text of nothing but %j takes linear time in every language', { timeout: 60_000 }, (piece) => {
    const text = fill(piece, 500_000);
    for (const row of languages) expectQuick(row, text, 200);
  });

  it('what one part leaves open costs nothing in the next', () => {
    const text = fill('$(', 1_000_000) + fill('"', 1_000_000) + fill('<<', 1_000_000) + fill("'", 1_000_001);
    expectQuick(language('shellscript'), text, 1000);
  });

  it.each([
    ['python', 'os.environ["'],
    ['javascript', 'process.env[`'],
    ['shellscript', '$'],
    ['powershell', '${env:'],
    ['yaml', 'secret://%'],
    ['python', 'a,1,2,"x y"\n'],
  ])('%s: 15 MB of %j take less than a second', { timeout: 60_000 }, (id, piece) => {
    expectQuick(language(id), fill(piece, 15_000_000), 1000);
  });

  it('at most 10,000 references are given', () => {
    expect(findReferences(language('python'), fill('os.environ["A"]\n', 1_000_000))).toHaveLength(10_000);
  });
});
