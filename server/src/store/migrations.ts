/** Marks the file as ours: "DLSV". */
export const APPLICATION_ID = 0x444c5356;

/**
 * Each brings the schema from the version of its place to the next, in one transaction. Only ever append: files of every
 * release must open.
 *
 * Values lie apart from metadata, so that opening a vault reads no value and a rename does not write one again.
 */
export const MIGRATIONS = [
  `CREATE TABLE facts (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE secrets (
     id INTEGER PRIMARY KEY,
     uid TEXT NOT NULL UNIQUE,
     account TEXT NOT NULL,
     epoch INTEGER NOT NULL,
     name_tag BLOB NOT NULL,
     meta BLOB NOT NULL,
     UNIQUE (account, name_tag)
   ) STRICT;
   CREATE TABLE secret_values (
     id INTEGER PRIMARY KEY REFERENCES secrets (id) ON DELETE CASCADE,
     dek BLOB NOT NULL,
     value BLOB NOT NULL
   ) STRICT;
   CREATE TABLE audit (seq INTEGER PRIMARY KEY, event BLOB NOT NULL, mac BLOB NOT NULL) STRICT;
   CREATE TABLE sealed (tag BLOB PRIMARY KEY, content BLOB NOT NULL) STRICT, WITHOUT ROWID;`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;
