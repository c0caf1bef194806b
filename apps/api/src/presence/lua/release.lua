-- Releases some users of a buried incarnation that is due, and forgets it when none is left.
-- KEYS: 1 epoch, 2 dead, 3 gone, 4 beats, 5 numbers, 6 seq, 7 online, 8 log, 9 held by the incarnation
-- ARGV: 1 epoch, 2 incarnation, 3 how many users, 4 channel, 5 entries and 6 changes that the log keeps
if standing(KEYS[1]) ~= ARGV[1] then return { 'lost' } end
local incarnation, at = ARGV[2], clock()
local due = tonumber(redis.call('ZSCORE', KEYS[2], incarnation))
local beats = redis.call('HMGET', KEYS[4], 'at', 'lease')
-- Asked before Redis stood still, it is not due any more: the next beat says since when it is.
if not due or at < due or isStill(tonumber(beats[1]), at, tonumber(beats[2] or 0)) then return { 'done', false, 0 } end

local changes = {}
take(KEYS[7], incarnation, redis.call('SPOP', KEYS[9], ARGV[3]), changes)
local left = redis.call('SCARD', KEYS[9])
if left == 0 then
  redis.call('ZREM', KEYS[2], incarnation)
  redis.call('HDEL', KEYS[5], incarnation)
  redis.call('ZADD', KEYS[3], at, incarnation)
end
local entry = write(ARGV[1], at, changes, KEYS[6], KEYS[8], ARGV[4], ARGV[5], tonumber(ARGV[6]))
return { 'done', entry, left > 0 and 1 or 0 }
