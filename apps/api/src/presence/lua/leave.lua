-- Forgets an incarnation that holds nobody; nothing it sent counts any more.
-- KEYS: 1 epoch, 2 members, 3 dead, 4 gone, 5 numbers, 6 held by the incarnation
-- ARGV: 1 epoch, 2 incarnation
if standing(KEYS[1]) ~= ARGV[1] or redis.call('SCARD', KEYS[6]) > 0 then return 0 end
redis.call('ZADD', KEYS[4], clock(), ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('HDEL', KEYS[5], ARGV[2])
return 1
