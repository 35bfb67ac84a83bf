//go:build tools

// The Go authenticator that Amazon EKS runs, pinned: the end-to-end tests and the benchmarks build it from here with
// `go build sigs.k8s.io/aws-iam-authenticator/cmd/aws-iam-authenticator`.
package main

import _ "sigs.k8s.io/aws-iam-authenticator/cmd/aws-iam-authenticator"
