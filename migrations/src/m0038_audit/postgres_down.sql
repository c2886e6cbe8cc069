DROP TABLE audit_entries, audit_chains;
DROP FUNCTION souk_audit_stays, souk_audit_goes_on, souk_audit_never;
