DROP FUNCTION souk_tell_settings CASCADE;
