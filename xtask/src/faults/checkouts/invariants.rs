//! What must hold of a database after every round, whatever was killed: each statement selects what breaks it.

use super::market::{PROMOTIONS, UNITS};

/// A rule, and a statement that selects what breaks it.
pub(super) struct Invariant {
    pub(super) rule: &'static str,
    pub(super) broken: String,
}

fn invariant(rule: &'static str, broken: impl Into<String>) -> Invariant {
    Invariant {
        rule,
        broken: broken.into(),
    }
}

/// All rules. Every statement runs on PostgreSQL and SQLite.
pub(super) fn all() -> Vec<Invariant> {
    let mut all = stocks();
    all.extend(purchases());
    all.extend(money());
    all.extend(numbers());
    all
}

fn stocks() -> Vec<Invariant> {
    let units = |table: &str, whose: &str| {
        format!(
            "SELECT '{table} ' || s.id || ': ' || s.stock || ' on hand, ' || coalesce(t.units, 0) || ' held or sold'
             FROM {table} s LEFT JOIN (
                 SELECT {whose} AS id, sum(taken) AS units FROM reservations
                 WHERE state <> 'released' AND (offer_id = 0) = ('{table}' = 'variants') GROUP BY {whose}
             ) t ON t.id = s.id
             WHERE s.stock + coalesce(t.units, 0) <> {UNITS}"
        )
    };
    vec![
        invariant(
            "units on hand, held and sold of a variant are what there was",
            units("variants", "variant_id"),
        ),
        invariant(
            "units on hand, held and sold of an offer are what there was",
            units("offers", "offer_id"),
        ),
        invariant(
            "units of a purchase are sold if it is placed, and released if it ended",
            "SELECT 'group ' || g.id || ': ' || r.state FROM reservations r JOIN order_groups g ON g.id = r.group_id
             WHERE r.state <> CASE WHEN g.placed_at IS NOT NULL THEN 'sold' WHEN g.ended_at IS NOT NULL THEN 'released'
                                   ELSE 'held' END",
        ),
        invariant(
            "a purchase holds the units of its lines",
            "SELECT 'group ' || g.id FROM order_groups g
             WHERE coalesce((SELECT sum(quantity) FROM reservations r WHERE r.group_id = g.id), 0)
                <> (SELECT sum(l.quantity) FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.group_id = g.id)",
        ),
        invariant(
            "a promotion is counted once for each purchase that has it, and no more often than it may be used",
            format!(
                "SELECT 'promotion ' || p.id || ': ' || p.uses || ' uses, ' || u.count FROM promotions p
                 JOIN (SELECT p.id, count(u.group_id) AS count FROM promotions p
                       LEFT JOIN promotion_uses u ON u.promotion_id = p.id GROUP BY p.id) u ON u.id = p.id
                 WHERE p.uses <> u.count OR p.uses > {PROMOTIONS}"
            ),
        ),
        invariant(
            "a purchase that ended has no promotion",
            "SELECT 'group ' || g.id FROM promotion_uses u JOIN order_groups g ON g.id = u.group_id
             WHERE g.ended_at IS NOT NULL",
        ),
    ]
}

fn purchases() -> Vec<Invariant> {
    vec![
        invariant(
            "a purchase is placed or has ended",
            "SELECT 'group ' || id FROM order_groups WHERE placed_at IS NULL AND ended_at IS NULL",
        ),
        invariant(
            "a purchase has orders, each of them lines, and their sums are its own",
            "SELECT 'group ' || g.id || ': ' || g.total FROM order_groups g
             WHERE g.total <> coalesce((SELECT sum(o.total) FROM orders o WHERE o.group_id = g.id), -1)
                OR EXISTS (SELECT 1 FROM orders o WHERE o.group_id = g.id
                           AND o.total <> coalesce((SELECT sum(l.gross) FROM order_lines l WHERE l.order_id = o.id), -1)
                                          + o.delivery - o.delivery_discount)",
        ),
        invariant(
            "a placed purchase is paid in full, and one that ended is not",
            "SELECT 'group ' || g.id || ': ' || coalesce(p.state, 'no payment') FROM order_groups g
             LEFT JOIN payments p ON p.group_id = g.id
             WHERE p.id IS NULL OR p.amount <> g.total OR (p.state = 'captured') <> (g.placed_at IS NOT NULL)",
        ),
        invariant(
            "orders are placed and paid with their purchase",
            "SELECT 'order ' || o.id || ': ' || o.payment_status FROM orders o JOIN order_groups g ON g.id = o.group_id
             WHERE (o.placed_at IS NOT NULL) <> (g.placed_at IS NOT NULL)
                OR (o.payment_status = 'paid') <> (g.placed_at IS NOT NULL)",
        ),
        // Money that comes for one that has just ended buys what is still there: it has both steps then.
        invariant(
            "a purchase is placed once and ends once",
            "SELECT 'group ' || g.id || ': ' || s.placed || ' times placed, ' || s.ended || ' times ended' FROM order_groups g
             JOIN (SELECT g.id, count(CASE WHEN s.step = 'checkout.placed' THEN 1 END) AS placed,
                          count(CASE WHEN s.step = 'checkout.ended' THEN 1 END) AS ended
                   FROM order_groups g LEFT JOIN order_steps s ON s.group_id = g.id GROUP BY g.id) s ON s.id = g.id
             WHERE s.placed <> CASE WHEN g.placed_at IS NULL THEN 0 ELSE 1 END
                OR s.ended > 1 OR (s.ended = 0 AND g.ended_at IS NOT NULL)",
        ),
        invariant(
            "the cart of a placed purchase is empty",
            "SELECT 'group ' || g.id FROM order_groups g JOIN cart_lines l ON l.cart_id = g.cart_id
             WHERE g.placed_at IS NOT NULL",
        ),
        invariant(
            "one idempotency key gives one purchase",
            "SELECT 'group ' || g.id || ': ' || count(k.key) FROM order_groups g
             LEFT JOIN idempotency_keys k ON k.group_id = g.id GROUP BY g.id HAVING count(k.key) <> 1",
        ),
    ]
}

fn money() -> Vec<Invariant> {
    vec![
        invariant(
            "reports of payments are applied",
            "SELECT provider || ' ' || event FROM payment_events WHERE applied_at IS NULL",
        ),
        invariant(
            "every journal sums to zero",
            "SELECT 'journal ' || j.id || ': ' || coalesce(sum(e.amount), -1) FROM ledger_journals j
             LEFT JOIN ledger_entries e ON e.journal_id = j.id
             GROUP BY j.id HAVING coalesce(sum(e.amount), -1) <> 0",
        ),
        invariant(
            "the money of a placed purchase is booked once, and nothing is kept of one that ended",
            "SELECT 'group ' || g.id || ': ' || coalesce(b.booked, 0) || ' of ' || g.total FROM order_groups g
             LEFT JOIN (SELECT j.group_id, sum(e.amount) AS booked FROM ledger_journals j
                        JOIN ledger_entries e ON e.journal_id = j.id WHERE e.account LIKE 'provider%'
                        GROUP BY j.group_id) b ON b.group_id = g.id
             WHERE coalesce(b.booked, 0) <> CASE WHEN g.placed_at IS NULL THEN 0 ELSE g.total END",
        ),
        invariant(
            "only money that comes and money that came too late is booked",
            "SELECT 'journal ' || id || ': ' || cause FROM ledger_journals
             WHERE cause NOT LIKE 'payment:%:captured' AND cause NOT LIKE 'payment:%:late'",
        ),
        invariant(
            "money that came too late went back",
            "SELECT 'refund ' || r.id || ': ' || r.amount FROM refunds r JOIN orders o ON o.id = r.order_id
             JOIN order_groups g ON g.id = o.group_id
             WHERE r.sent_at IS NULL OR r.amount <> g.total OR g.placed_at IS NOT NULL",
        ),
    ]
}

fn numbers() -> Vec<Invariant> {
    vec![
        invariant(
            "events are numbered without gaps",
            "SELECT 'events: ' || count(*) || ', the last one ' || max(number) FROM events
             HAVING count(*) <> max(number) OR min(number) <> 1",
        ),
        invariant(
            "the counter of events is at the last one",
            "SELECT 'counter: ' || c.events FROM selling_counters c
             WHERE c.events <> (SELECT coalesce(max(number), 0) FROM events)",
        ),
        invariant(
            "placed purchases are numbered without gaps",
            "SELECT 'purchases: ' || count(number) || ', the last one ' || max(number) FROM order_groups
             HAVING count(number) <> max(number) OR min(number) <> 1",
        ),
        invariant(
            "an order is told of once when it is placed, and once when it is paid",
            "SELECT 'order ' || o.id || ': ' || count(e.number) FROM orders o
             LEFT JOIN events e ON e.subject = 'orders/' || o.id AND e.kind IN ('order.placed', 'order.paid')
             GROUP BY o.id, o.placed_at
             HAVING count(e.number) <> CASE WHEN o.placed_at IS NULL THEN 0 ELSE 2 END
                 OR count(DISTINCT e.kind) <> count(e.number)",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_is_stated_once() {
        let rules: BTreeSet<_> = all().iter().map(|invariant| invariant.rule).collect();
        assert_eq!(rules.len(), all().len());
    }
}
