import {
  ago,
  createdAt,
  nameWarning,
  oneLine,
  type Secret,
  type Translate,
  typeOfOne,
} from '@datalayer-secrets/shared';

/** Markdown with everything that is known of a secret; a value is not among it. */
export function secretTooltip(t: Translate, secret: Secret, vault: string, now: number): string {
  const created = createdAt(secret);
  const updated = Date.parse(String(secret.kwargs['last_update_ts_dt'] ?? ''));
  const told = new Set(['creation_ts_dt', 'last_update_ts_dt', 'creation_ts', 'last_update_ts']);
  const rows: [string, string][] = [
    [t('Type'), typeOfOne(t, secret.type)],
    ...(created ? ([[t('Created'), when(t, created, now)]] satisfies [string, string][]) : []),
    ...(!Number.isNaN(updated) && updated !== created?.getTime()
      ? ([[t('Changed'), when(t, new Date(updated), now)]] satisfies [string, string][])
      : []),
    [t('Vault'), vault],
    ...Object.entries(secret.kwargs)
      .filter(([key, fact]) => !told.has(key) && fact !== null && fact !== '')
      .map(([key, fact]): [string, string] => [key, String(fact)]),
    [t('Id'), secret.uid],
  ];
  const warning = nameWarning(secret.name)?.message;
  return [
    `**${literal(secret.name)}**`,
    ...(secret.description === '' ? [] : [literal(secret.description)]),
    rows.map(([key, text]) => `${literal(key)}: ${literal(text)}`).join('  \n'),
    ...(warning === undefined ? [] : [`$(info) ${literal(warning)}`]),
  ].join('\n\n');
}

function when(t: Translate, date: Date, now: number): string {
  const day = date.toISOString().slice(0, 16).replace('T', ' ');
  return t('{date} UTC ({ago})', { date: day, ago: ago(t, date.getTime(), now) });
}

/** Foreign text for Markdown: it shows itself, whatever it holds. Entities form neither markup, links nor icons. */
export function literal(text: string): string {
  return oneLine(text).replace(/[!-/:-@[-`{-~]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
