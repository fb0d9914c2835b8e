# What databases say of Geo and of replication, against real servers.
preflight_test(geo_databases_test
  SOURCES geo_site_name_test.cc geo_sites_test.cc geo_status_test.cc geo_tracking_test.cc postgres_server.cc
          postgres_standby_test.cc
  LIBRARIES preflight_node_tree preflight_test_servers)
