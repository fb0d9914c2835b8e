preflight_fuzz(tar_fuzz tar_fuzz.cc)
preflight_fuzz(backup_manifest_fuzz backup_manifest_fuzz.cc)
preflight_fuzz(backup_name_fuzz backup_name_fuzz.cc)
preflight_fuzz(cron_fuzz cron_fuzz.cc)
