-- Begins a new era: nothing that was kept before counts. KEYS: ledger. ARGV: run, nonce, channel, message.
redis.call('DEL', KEYS[1])
era_of(KEYS[1], ARGV[1], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
