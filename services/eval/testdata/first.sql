CREATE TABLE appends (
  id      INTEGER PRIMARY KEY,
  owner   TEXT    NOT NULL REFERENCES owners (owner),
  key     TEXT    NOT NULL,
  first   INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  UNIQUE (owner, key)
);
CREATE TABLE commits (
  id         INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions (session_id),
  key        TEXT    NOT NULL,
  hash       TEXT    NOT NULL,
  outcome    TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  UNIQUE (session_id, key)
);
CREATE TABLE definitions (
  session_id INTEGER NOT NULL REFERENCES sessions (session_id),
  name       TEXT    NOT NULL,
  source     TEXT    NOT NULL,
  PRIMARY KEY (session_id, name)
) WITHOUT ROWID;
CREATE TABLE entries (
  owner      TEXT    NOT NULL REFERENCES owners (owner),
  id         INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  kind       TEXT    NOT NULL,
  expression TEXT    NOT NULL,
  parsed     TEXT    NOT NULL,
  result     REAL,
  key        TEXT    NOT NULL, plot TEXT,
  PRIMARY KEY (owner, id)
) WITHOUT ROWID;
CREATE TABLE owners (
  owner     TEXT    PRIMARY KEY,
  last      INTEGER NOT NULL DEFAULT 0,
  used_at   INTEGER NOT NULL,
  erased_at INTEGER
, paced_at INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE schema (service TEXT PRIMARY KEY, version INTEGER NOT NULL);
CREATE TABLE secrets (
  value TEXT NOT NULL
);
CREATE TABLE sessions (
  session_id INTEGER PRIMARY KEY AUTOINCREMENT
, token_hash TEXT, version    INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL DEFAULT 0, used_at    INTEGER NOT NULL DEFAULT 0, slot_at    INTEGER NOT NULL DEFAULT 0, erased_at  INTEGER);
CREATE TABLE shares (
  id         INTEGER PRIMARY KEY,
  token_hash TEXT    NOT NULL UNIQUE,
  owner      TEXT    NOT NULL,
  key        TEXT    NOT NULL,
  hash       TEXT    NOT NULL,
  title      TEXT    NOT NULL,
  entries    INTEGER NOT NULL,
  names      INTEGER NOT NULL,
  opens      INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  state      INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE variables (
  session_id INTEGER NOT NULL,
  key        TEXT    NOT NULL,
  value      REAL    NOT NULL
);
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_used ON sessions (used_at);
CREATE UNIQUE INDEX variables_name ON variables (session_id, key);
CREATE INDEX shares_owner ON shares (owner, state);
CREATE INDEX shares_expiry ON shares (expires_at) WHERE state = 1;
CREATE INDEX shares_left ON shares (id) WHERE state IN (0, 2);
CREATE INDEX owners_used ON owners (used_at);
INSERT INTO "schema" VALUES('sessions',2);
INSERT INTO "schema" VALUES('history',4);
INSERT INTO "secrets" VALUES('7e175a5d2aaad50da805121a7816eb9c5246d93d7d2f5832f71b7bc3b042daa9');
INSERT INTO "sessions" VALUES(1,'a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f',4,1795704506181,1795704506263,0,NULL);
INSERT INTO "sessions" VALUES(2,'a3d0ba37c48b0889778fc22bcc8a7bff6ff23a248d9e1d8e2577c9b0e862f18c',1,1795704506322,1795704506333,0,1795704506343);
INSERT INTO "owners" VALUES('a3d0ba37c48b0889778fc22bcc8a7bff6ff23a248d9e1d8e2577c9b0e862f18c',1,1795704506334,1795704506344,1795704506336000);
INSERT INTO "owners" VALUES('a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f',8,1795704506274,NULL,1795704506276000);
INSERT INTO "appends" VALUES(1,'a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f','euIuxqhG3CD56OmMYjJ2pg',1,1795704506206);
INSERT INTO "appends" VALUES(2,'a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f','9chKn9YZMkvdHa-sqCm6FQ',2,1795704506217);
INSERT INTO "appends" VALUES(3,'a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f','Za7TpmLGNaRoZIBUfMtgUQ',3,1795704506233);
INSERT INTO "appends" VALUES(4,'a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f','i3UAU7Aa0dr3o7udRwmYEQ',4,1795704506244);
INSERT INTO "appends" VALUES(5,'a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f','hFLoXlC7lpFXoep9J1mMgA',5,1795704506253);
INSERT INTO "appends" VALUES(6,'a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f','UiRqH_XpIqu9bQCJzJ4Ypw',6,1795704506264);
INSERT INTO "appends" VALUES(7,'a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f','33bTJnl1vlLesmwzbbQgJA',8,1795704506274);
INSERT INTO "commits" VALUES(1,1,'euIuxqhG3CD56OmMYjJ2pg','a443a544e78bf222d4cc18c01dfeff645e85b32c97e09b9cc6ad6d9105e429df','version	1	euIuxqhG3CD56OmMYjJ2pg
answer	assignment	a = 51	51	a	
',1,1795704506204);
INSERT INTO "commits" VALUES(2,1,'9chKn9YZMkvdHa-sqCm6FQ','ecef0fc5645bc38e4bf1f84d88fcb79b375a4a4867518c72b02e2e44a6020f55','version	2	9chKn9YZMkvdHa-sqCm6FQ
answer	definition	f(x) = a*x + 0.0000001	0	f	
',2,1795704506216);
INSERT INTO "commits" VALUES(3,1,'value-key','bcdb6d32d4e0e33840c58265ef95e1e50a9f600b59c3ad659f028cb21cc4e022','version	2	Za7TpmLGNaRoZIBUfMtgUQ
answer	value	3*(7 + 1)	24		
',2,1795704506230);
INSERT INTO "commits" VALUES(4,1,'change-key','f1de0e673e0e869b33de6966fec80736442c23fe81e0cdefa0c549b91cbb023c','version	3	i3UAU7Aa0dr3o7udRwmYEQ
answer	assignment	n = a + 1	52	n	
',3,1795704506243);
INSERT INTO "commits" VALUES(5,1,'array-key','57941faad1a6a96de70a7f56599c9a38cef29a9d9be11536da3585774058224e','version	4	UiRqH_XpIqu9bQCJzJ4Ypw
answer	value	1/3	0.3333333333333333		
problem	division-by-zero	422	The expression has no value	division by zero		1	1	2	1
answer	assignment	b = ans	0.3333333333333333	b	
',4,1795704506263);
INSERT INTO "definitions" VALUES(1,'f','f(x) = a*x + 0.0000001');
INSERT INTO "entries" VALUES('a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f',1,1795704506206,'assignment','a = 51','a = 51',51.0,'euIuxqhG3CD56OmMYjJ2pg',NULL);
INSERT INTO "entries" VALUES('a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f',2,1795704506217,'definition','f(x) = a*x + 1e-7','f(x) = a*x + 0.0000001',NULL,'9chKn9YZMkvdHa-sqCm6FQ',NULL);
INSERT INTO "entries" VALUES('a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f',3,1795704506233,'value','3 (7 + 1)','3*(7 + 1)',24.0,'Za7TpmLGNaRoZIBUfMtgUQ',NULL);
INSERT INTO "entries" VALUES('a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f',4,1795704506244,'assignment','n = a + 1','n = a + 1',52.0,'i3UAU7Aa0dr3o7udRwmYEQ',NULL);
INSERT INTO "entries" VALUES('a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f',5,1795704506253,'plot','plot(sin(x), f(x), x = -pi, pi)','plot(sin(x), f(x), x = -pi, pi)',NULL,'hFLoXlC7lpFXoep9J1mMgA','x
-3.141592653589793
3.141592653589793
sin(x)
f(x)');
INSERT INTO "entries" VALUES('a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f',6,1795704506264,'value','1/3','1/3',3.33333333333333314829e-01,'UiRqH_XpIqu9bQCJzJ4Ypw',NULL);
INSERT INTO "entries" VALUES('a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f',7,1795704506264,'assignment','b = ans','b = ans',3.33333333333333314829e-01,'UiRqH_XpIqu9bQCJzJ4Ypw',NULL);
INSERT INTO "entries" VALUES('a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f',8,1795704506274,'value','f(2) # tab	and ä','f(2)',102.0000001,'33bTJnl1vlLesmwzbbQgJA',NULL);
INSERT INTO "shares" VALUES(1,'ffeffe781e85ac29e2f546aa59c4228efcbbd97f30a8831cbddb7492cae17082','a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f','gT2rLdW1VphTSGQrjF4fNQ','b15be41c7dd989e5f12c2935851628bd122409414d62f5b878d6bb12541d5ecb','Kept',8,4,0,1795704506283,2111064506283,1);
INSERT INTO "shares" VALUES(2,'7229c4b87dd96cbf50564238fe27b4e52c92ab001f0a5d1822c15d3c2d345819','a9652fad4de8c65b0cd76b1b7518b61bb4a6ae43311be83e52fee16bb03cd89f','wTho1ZG7lWIScoeFcimqJw','358861aa7bc35abb1e8752d2094be286136fab05ef503ae716a9b0f736eab636','',1,1,0,1795704506298,NULL,3);
INSERT INTO "variables" VALUES(1,'a',51.0);
INSERT INTO "variables" VALUES(1,'n',52.0);
INSERT INTO "variables" VALUES(1,'b',3.33333333333333314829e-01);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('sessions',2);
