DROP TABLE search_config_events;
DROP TABLE search_configs;
DROP TABLE search_config_versions;
