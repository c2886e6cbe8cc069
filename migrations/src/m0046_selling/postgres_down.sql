DROP TABLE events, ledger_entries, ledger_journals, idempotency_keys, promotion_uses, reservations, order_steps, refunds,
    payment_events, payments, fulfilments, order_lines, orders, order_groups, cart_lines, carts, commission_rates, promotions,
    tax_rates, delivery_methods, selling_settings, selling_counters, addresses;
DROP FUNCTION souk_ledger_stays, souk_ledger_never, souk_journal_balances;
