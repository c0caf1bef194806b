-- Applies a batch: who is held, who is not any more, and what others must hear.
-- KEYS: 1 epoch, 2 members, 3 dead, 4 beats, 5 numbers, 6 seq, 7 online, 8 log, 9 held by the incarnation
-- ARGV: 1 epoch, 2 incarnation, 3 number, 4 channel, 5 entries and 6 changes that the log keeps, 7 how many holds, 8 how many releases;
--       then id and name of each hold, the id of each release, and kind, id and detail of each notice
if standing(KEYS[1]) ~= ARGV[1] then return { 'lost' } end
local incarnation, number = ARGV[2], tonumber(ARGV[3])
if not redis.call('ZSCORE', KEYS[2], incarnation) then return { 'buried' } end
if number <= tonumber(redis.call('HGET', KEYS[5], incarnation) or 0) then return { 'refused' } end

local at = clock()
local holds, releases = tonumber(ARGV[7]), tonumber(ARGV[8])
-- A release that was sent before Redis stood still may come before the hold, by another process, of a user who moved meanwhile: it is
-- refused until two beats after.
if releases > 0 and redis.call('ZCARD', KEYS[2]) + redis.call('ZCARD', KEYS[3]) > 1 then
  local beats = redis.call('HMGET', KEYS[4], 'at', 'lease', 'still')
  local lease, still = tonumber(beats[2] or 0), tonumber(beats[3])
  if isStill(tonumber(beats[1]), at, lease) or (still and at < still + lease / 3) then return { 'refused' } end
end
redis.call('HSET', KEYS[5], incarnation, ARGV[3])

local changes = {}
for from = 1, holds, 1000 do
  local ids, came = {}, {}
  for i = from, math.min(from + 999, holds) do ids[#ids + 1] = ARGV[7 + 2 * i] end
  local values = redis.call('HMGET', KEYS[7], unpack(ids))
  for i, id in ipairs(ids) do
    local name = ARGV[8 + 2 * (from + i - 1)]
    local value = incarnation .. '\n' .. name
    if not values[i] then
      changes[#changes + 1] = '+'
      changes[#changes + 1] = id
      changes[#changes + 1] = name
    else
      local holders = read(values[i])
      value = (has(holders, incarnation) and holders or holders .. ' ' .. incarnation) .. '\n' .. name
    end
    if value ~= values[i] then
      came[#came + 1] = id
      came[#came + 1] = value
    end
  end
  calls('HSET', KEYS[7], came)
  calls('SADD', KEYS[9], ids)
end

local from = 8 + 2 * holds
for first = 1, releases, 1000 do
  local ids = { unpack(ARGV, from + first, from + math.min(first + 999, releases)) }
  local held = redis.call('SMISMEMBER', KEYS[9], unpack(ids))
  local users = {}
  for i, id in ipairs(ids) do
    if held[i] == 1 then users[#users + 1] = id end
  end
  calls('SREM', KEYS[9], users)
  take(KEYS[7], incarnation, users, changes)
end

for i = from + releases + 1, #ARGV do changes[#changes + 1] = ARGV[i] end
return { 'done', write(ARGV[1], at, changes, KEYS[6], KEYS[8], ARGV[4], ARGV[5], tonumber(ARGV[6])) }
