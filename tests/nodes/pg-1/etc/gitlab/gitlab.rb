# pg-1.git.meridian.example: the database. One member only, Patroni is there for the day of the second.
roles ['patroni_role', 'pgbouncer_role']
gitlab_rails['auto_migrate'] = false
postgresql['listen_address'] = '0.0.0.0'
postgresql['max_connections'] = 300
postgresql['trust_auth_cidr_addresses'] = %w(127.0.0.1/32)
postgresql['md5_auth_cidr_addresses'] = %w(10.20.0.0/24)
postgresql['sql_user_password'] = 'CANARY-sql-user-782da42bc643387b7f361319'
postgresql['pgbouncer_user_password'] = 'CANARY-pgbouncer-4682c18f2ef7cea1d43192b9'
postgresql['sql_replication_password'] = 'CANARY-replication-1b0775febd6537ac80246395'
patroni['username'] = 'patroni-rest'
patroni['password'] = 'CANARY-patroni-api-1cd7b9049d9b44130e48796d'
patroni['allowlist'] = %w(10.20.0.0/24 127.0.0.1/32)
pgbouncer['admin_users'] = %w(pgbouncer gitlab-consul)
pgbouncer['users'] = { 'pgbouncer' => { password: 'CANARY-pgbouncer-4682c18f2ef7cea1d43192b9' } }
consul['watchers'] = %w(postgresql)
consul['encryption_key'] = 'CANARY-consul-encrypt-9e06d93b18b9a46a19996cd7'
consul['configuration'] = { server: true, bootstrap_expect: 1, retry_join: %w(10.20.0.51) }
