DROP TABLE cache_debts;
