-- Begins an epoch unless another than the lost one stands, and answers the one that stands.
-- KEYS: 1 epoch, 2 past epochs, 3 the new epoch's beats
-- ARGV: 1 the lost epoch or '', 2 the new epoch
local stands, history = standing(KEYS[1])
if stands and stands ~= ARGV[1] then return stands end
local past = redis.call('HGET', KEYS[1], 'id')
if past then redis.call('SADD', KEYS[2], past) end
local at = clock()
redis.call('DEL', KEYS[1], KEYS[3])
redis.call('HSET', KEYS[1], 'id', ARGV[2], 'history', history, 'birth', at)
redis.call('HSET', KEYS[3], 'settling', at, 'at', at)
return ARGV[2]
