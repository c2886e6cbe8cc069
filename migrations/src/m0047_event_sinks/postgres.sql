-- Sinks of events, and the number of the last event that each has read. The row is locked while a sink works on a batch.
CREATE TABLE event_sinks (
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    sink      text NOT NULL,
    number    bigint NOT NULL CHECK (number >= 0),
    PRIMARY KEY (tenant_id, sink)
);

-- What happened before these sinks were there is no news: nobody gets a mail about an old order.
INSERT INTO event_sinks (tenant_id, sink, number)
SELECT tenant_id, 'mail', events FROM selling_counters
UNION ALL
SELECT tenant_id, 'webhooks', events FROM selling_counters;
