# redis-1.git.meridian.example: Redis and the one Sentinel that watches it.
roles ['redis_master_role', 'redis_sentinel_role']
gitlab_rails['auto_migrate'] = false
redis['bind'] = '10.20.0.61'
redis['port'] = 6379
redis['password'] = 'CANARY-redis-password-7e7e2746fda7185b6b2f393b'
redis['master_name'] = 'meridian-redis'
redis['master_password'] = 'CANARY-redis-password-7e7e2746fda7185b6b2f393b'
redis['master_ip'] = '10.20.0.61'
redis['announce_ip'] = '10.20.0.61'
sentinel['bind'] = '10.20.0.61'
sentinel['port'] = 26379
sentinel['quorum'] = 1
