//go:build tools

// Package etcd pins the etcd that `npm run e2e` builds and stores the control plane in.
package etcd

import _ "go.etcd.io/etcd/server/v3"
