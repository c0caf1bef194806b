-- The epoch that stands, or false. Reads only.
-- KEYS: 1 epoch
return (standing(KEYS[1])) or false
