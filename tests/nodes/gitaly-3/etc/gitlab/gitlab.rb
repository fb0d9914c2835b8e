# gitaly-3.git.meridian.example: repositories, one of three copies.
external_url 'https://git.meridian.example'
roles ['gitaly_role']
gitlab_rails['internal_api_url'] = 'https://git.meridian.example'
gitlab_shell['secret_token'] = 'CANARY-shell-c6449c6bb215ec26d38fe881'
gitaly['configuration'] = {
  listen_addr: '0.0.0.0:8075',
  prometheus_listen_addr: '0.0.0.0:9236',
  auth: { token: 'CANARY-gitaly-token-e769f52d62752ea87b24c839' },
  storage: [
    { name: 'gitaly-3', path: '/var/opt/gitlab/git-data/repositories' },
  ],
}
