# rails-2.git.meridian.example: web tier, behind the load balancer of the site (it ends TLS).
external_url 'https://git.meridian.example'
roles ['application_role']
nginx['listen_port'] = 80
nginx['listen_https'] = false
gitaly['enable'] = false
sidekiq['enable'] = false
# Migrations run on rails-1 alone.
gitlab_rails['auto_migrate'] = false

gitlab_rails['db_host'] = '10.20.0.51'
gitlab_rails['db_port'] = 6432
gitlab_rails['db_password'] = 'CANARY-db-password-ab5b92afb24ac892dc708781'

redis['master_name'] = 'meridian-redis'
redis['master_password'] = 'CANARY-redis-password-7e7e2746fda7185b6b2f393b'
gitlab_rails['redis_sentinels'] = [
  { 'host' => '10.20.0.61', 'port' => 26379 },
]

gitlab_rails['repositories_storages'] = {
  'default' => { 'gitaly_address' => 'tcp://praefect-1.git.meridian.example:2305', 'gitaly_token' => 'CANARY-praefect-token-32fb62d711faa14ef9812939' },
  # Closed projects, kept on the machine that was the whole instance once.
  'archive' => { 'gitaly_address' => 'tcp://gitaly-9.git.meridian.example:8075', 'gitaly_token' => 'CANARY-archive-token-74663fd123b0b9dc9cabd447' },
}

gitlab_rails['object_store']['enabled'] = true
gitlab_rails['object_store']['connection'] = {
  'provider' => 'AWS', 'region' => 'eu-meridian-1', 'endpoint' => 'https://objects.stratus.example', 'path_style' => true,
  'aws_access_key_id' => 'CANARY-object-key-2c15ff76fa6e7e5b7f1b2b2a', 'aws_secret_access_key' => 'CANARY-object-secret-a86d2f151118190a061773b8',
}
%w(artifacts external_diffs lfs uploads packages dependency_proxy terraform_state ci_secure_files pages).each do |type|
  gitlab_rails['object_store']['objects'][type]['bucket'] = "meridian-#{type.tr('_', '-')}"
end

gitlab_rails['backup_keep_time'] = 5184000
