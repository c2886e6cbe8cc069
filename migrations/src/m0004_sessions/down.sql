DROP TABLE session_secrets;
