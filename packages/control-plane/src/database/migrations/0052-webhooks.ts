import { type Kysely, sql } from 'kysely'

const STATEMENTS = [
  // The place of an event in the feed: given when it is handed out, in the order of these transactions, so that no reader passes one that is still to come.
  `ALTER TABLE event_outbox ADD COLUMN feed_position bigint`,
  `CREATE UNIQUE INDEX event_outbox_feed ON event_outbox (feed_position) WHERE feed_position IS NOT NULL`,
  `CREATE INDEX event_outbox_partition_feed ON event_outbox (partition_id, feed_position) WHERE feed_position IS NOT NULL`,
  `CREATE TABLE event_feed (name text PRIMARY KEY, last_position bigint NOT NULL)`,
  `INSERT INTO event_feed (name, last_position) VALUES ('feed', 0)`,
  `CREATE TABLE webhook_subscription (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    url text NOT NULL,
    events jsonb NOT NULL,
    description text,
    include_sub_partitions boolean NOT NULL,
    enabled boolean NOT NULL,
    disabled_reason text,
    secret_sealed text NOT NULL,
    previous_secret_sealed text,
    previous_secret_until timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE INDEX webhook_subscription_partition ON webhook_subscription (partition_id, created_at)`,
  `CREATE TABLE webhook_delivery (
    id text PRIMARY KEY,
    subscription_id text NOT NULL REFERENCES webhook_subscription (id) ON DELETE CASCADE,
    event_id text NOT NULL,
    event_type text NOT NULL,
    body text NOT NULL,
    is_replay boolean NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    created_at timestamptz NOT NULL,
    finished_at timestamptz
  )`,
  // An event makes one delivery a subscription, however often it is handed out; sent again on request it makes more.
  `CREATE UNIQUE INDEX webhook_delivery_event ON webhook_delivery (subscription_id, event_id) WHERE NOT is_replay`,
  `CREATE INDEX webhook_delivery_due ON webhook_delivery (next_attempt_at) WHERE next_attempt_at IS NOT NULL`,
  `CREATE INDEX webhook_delivery_log ON webhook_delivery (subscription_id, created_at, id)`,
  `CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at) WHERE finished_at IS NOT NULL`,
  `CREATE TABLE webhook_attempt (
    delivery_id text NOT NULL REFERENCES webhook_delivery (id) ON DELETE CASCADE,
    number integer NOT NULL,
    attempted_at timestamptz NOT NULL,
    duration_ms integer NOT NULL,
    status_code integer,
    error text,
    PRIMARY KEY (delivery_id, number)
  )`,
]

/** The feed of events, and who is told of them by webhook. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}
