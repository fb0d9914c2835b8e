# praefect-1.git.meridian.example: routes the storage "default". The only one: a second is planned.
nginx['enable'] = false
puma['enable'] = false
sidekiq['enable'] = false
gitlab_workhorse['enable'] = false
gitlab_kas['enable'] = false
postgresql['enable'] = false
redis['enable'] = false
gitaly['enable'] = false
prometheus['enable'] = false
gitlab_rails['auto_migrate'] = false

praefect['enable'] = true
praefect['auto_migrate'] = true
praefect['configuration'] = {
  listen_addr: '0.0.0.0:2305',
  prometheus_listen_addr: '0.0.0.0:9652',
  auth: { token: 'CANARY-praefect-token-32fb62d711faa14ef9812939' },
  database: {
    host: '10.20.0.51', port: 5432, user: 'praefect', dbname: 'praefect_production', sslmode: 'require',
    password: 'CANARY-praefect-db-8be456736d960ac69e682e9f',
  },
  virtual_storage: [
    {
      name: 'default',
      default_replication_factor: 3,
      node: [
        { storage: 'gitaly-1', address: 'tcp://gitaly-1.git.meridian.example:8075', token: 'CANARY-gitaly-token-e769f52d62752ea87b24c839' },
        { storage: 'gitaly-2', address: 'tcp://gitaly-2.git.meridian.example:8075', token: 'CANARY-gitaly-token-e769f52d62752ea87b24c839' },
        { storage: 'gitaly-3', address: 'tcp://gitaly-3.git.meridian.example:8075', token: 'CANARY-gitaly-token-e769f52d62752ea87b24c839' },
      ],
    },
  ],
}
