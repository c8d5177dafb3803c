-- min_reader: 4
-- A revocation is due again after its lease, as before; by this column one can be taken early as well, when somebody asks for it.
ALTER TABLE revocations ADD COLUMN lease_until INTEGER;
