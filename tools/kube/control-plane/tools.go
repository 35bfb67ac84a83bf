//go:build tools

// Package controlplane pins the control plane that `npm run e2e` builds and logs in to.
package controlplane

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
