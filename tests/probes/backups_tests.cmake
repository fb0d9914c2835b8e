preflight_test(backups_probe_test
  SOURCES backup_name_test.cc backup_manifest_test.cc backup_archive_test.cc backup_settings_test.cc
          backup_schedules_test.cc backups_test.cc configuration_backups_test.cc cron_test.cc tar_test.cc tar_stream_test.cc gzip_test.cc
          backup_contents_test.cc backup_proof_test.cc backup_ground_test.cc configuration_secrets_test.cc
  LIBRARIES preflight_node_tree)
preflight_test(secrets_probe_test
  SOURCES owners_test.cc pem_test.cc plain_text_test.cc secret_keys_test.cc secrets_test.cc
          base64_test.cc fingerprint_test.cc database_secret_test.cc secret_fingerprints_test.cc
          service_secrets_test.cc finding_texts.cc
  LIBRARIES preflight_node_tree)
