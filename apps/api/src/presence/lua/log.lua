-- The last seq and a page of entries after another. Reads only.
-- KEYS: 1 epoch, 2 seq, 3 log
-- ARGV: 1 epoch, 2 the seq after which, 3 how many entries at most
if standing(KEYS[1]) ~= ARGV[1] then return { 'lost' } end
local entries = {}
if tonumber(ARGV[3]) > 0 then
  -- An entry's place in the stream is its last seq.
  for _, item in ipairs(redis.call('XRANGE', KEYS[3], (tonumber(ARGV[2]) + 1) .. '-0', '+', 'COUNT', ARGV[3])) do
    entries[#entries + 1] = item[2][2]
  end
end
return { 'done', tonumber(redis.call('GET', KEYS[2]) or 0), entries }
