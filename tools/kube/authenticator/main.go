// Command authenticator records what the Go authenticator makes of the aws-auth vectors.
//
// It reads every vectors/aws-auth/*.json, gives each manifest to the real ConfigMap parser and each identity to the real
// mapper of sigs.k8s.io/aws-iam-authenticator (version in go.mod), and prints JSON: by file and case, who becomes whom.
//
//	cd tools/kube/authenticator
//	go run . ../../../vectors/aws-auth > /tmp/eks.json && mv /tmp/eks.json ../../../vectors/aws-auth/recorded/eks.json
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	_ "unsafe" // for go:linkname

	"github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/aws-iam-authenticator/pkg/arn"
	"sigs.k8s.io/aws-iam-authenticator/pkg/config"
	"sigs.k8s.io/aws-iam-authenticator/pkg/mapper/configmap"
	"sigs.k8s.io/aws-iam-authenticator/pkg/token"
	"sigs.k8s.io/yaml"
)

type identity struct {
	Account string `json:"account"`
	Arn     string `json:"arn"`
	UserID  string `json:"userId"`
}

type vectorCase struct {
	Name     string                     `json:"name"`
	Manifest string                     `json:"manifest"`
	Users    map[string]json.RawMessage `json:"users"`
}

type vectorFile struct {
	Cases []vectorCase `json:"cases"`
}

// outcome is a user, or the reason why there is none.
type outcome struct {
	Username *string  `json:"username,omitempty"`
	Groups   []string `json:"groups,omitempty"`
	Refused  string   `json:"refused,omitempty"`
	// Random lists all outcomes where the mapper's answer changes from call to call.
	Random []outcome `json:"random,omitempty"`
}

// Go maps are walked in random order; an answer that depends on it shows within this many calls.
const calls = 64

// What the vectors' test gives to iamgate, too.
const (
	accessKeyID       = "ASIAEXAMPLE"
	ec2PrivateDNSName = "ip-10-0-0-1.eu-central-1.compute.internal"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: authenticator <folder of vectors>")
		os.Exit(2)
	}
	logrus.SetOutput(io.Discard)
	if err := record(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func record(folder string) error {
	var identities map[string]identity
	if err := readJSON(filepath.Join(folder, "identities.json"), &identities); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return err
	}
	recorded := map[string]map[string]map[string]outcome{}
	for _, file := range files {
		if filepath.Base(file) == "identities.json" {
			continue
		}
		var vectors vectorFile
		if err := readJSON(file, &vectors); err != nil {
			return err
		}
		cases := map[string]map[string]outcome{}
		for _, each := range vectors.Cases {
			users := map[string]outcome{}
			store := load(each.Manifest)
			for name := range each.Users {
				who, known := identities[name]
				if !known {
					return fmt.Errorf("%s: case %q: unknown identity %q", file, each.Name, name)
				}
				users[name] = ask(store, who)
			}
			cases[each.Name] = users
		}
		recorded[filepath.Base(file)] = cases
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(recorded)
}

func readJSON(file string, into any) error {
	bytes, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(bytes, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

//go:linkname saveMap sigs.k8s.io/aws-iam-authenticator/pkg/mapper/configmap.(*MapStore).saveMap
func saveMap(ms *configmap.MapStore, users []config.UserMapping, roles []config.RoleMapping, accounts []string)

// load does what startLoadConfigMap does with a watch event, after reading the manifest as kubectl does. A manifest that
// kubectl or the API server refuse leaves an empty map.
func load(manifest string) *configmap.MapStore {
	store := &configmap.MapStore{}
	var object corev1.ConfigMap
	if err := yaml.Unmarshal([]byte(manifest), &object); err != nil {
		return store
	}
	if object.Name != "aws-auth" || (object.Namespace != "" && object.Namespace != "kube-system") || object.Kind != "ConfigMap" {
		return store
	}
	users, roles, accounts, _ := configmap.ParseMap(object.Data)
	saveMap(store, users, roles, accounts)
	return store
}

func ask(store *configmap.MapStore, who identity) outcome {
	seen := map[string]outcome{}
	for range calls {
		answer := askOnce(store, who)
		key, _ := json.Marshal(answer)
		seen[string(key)] = answer
	}
	keys := make([]string, 0, len(seen))
	for key := range seen {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	if len(keys) == 1 {
		return seen[keys[0]]
	}
	var random []outcome
	for _, key := range keys {
		random = append(random, seen[key])
	}
	return outcome{Random: random}
}

// askOnce is pkg/server/server.go's doMapping with one backend.
func askOnce(store *configmap.MapStore, who identity) outcome {
	caller, err := callerOf(who)
	if err != nil {
		return outcome{Refused: err.Error()}
	}
	mapper := configmap.ConfigMapMapper{MapStore: store}
	mapping, err := mapper.Map(caller)
	if err != nil {
		if mapper.IsAccountAllowed(caller.AccountID) {
			return outcome{Username: &caller.CanonicalARN}
		}
		return outcome{Refused: err.Error()}
	}
	username, err := render(mapping.Username, caller)
	if err != nil {
		return outcome{Refused: err.Error()}
	}
	groups := []string{}
	for _, pattern := range mapping.Groups {
		group, err := render(pattern, caller)
		if err != nil {
			return outcome{Refused: err.Error()}
		}
		groups = append(groups, group)
	}
	return outcome{Username: &username, Groups: groups}
}

// callerOf is pkg/token/token.go's getIdentityFromSTSResponse.
func callerOf(who identity) (*token.Identity, error) {
	kind, canonical, err := arn.Canonicalize(who.Arn)
	if err != nil {
		return nil, err
	}
	caller := &token.Identity{
		ARN: who.Arn, CanonicalARN: canonical, AccountID: who.Account, UserID: who.UserID, AccessKeyID: accessKeyID,
	}
	if kind == arn.ASSUMED_ROLE {
		parts := strings.Split(who.UserID, ":")
		if len(parts) != 2 {
			return nil, fmt.Errorf("malformed UserID %q", who.UserID)
		}
		caller.UserID, caller.SessionName = parts[0], parts[1]
	}
	return caller, nil
}

var instanceID = regexp.MustCompile(`^i-(\w{8}|\w{17})$`)

// render is pkg/server/server.go's renderTemplate, with an answer of EC2 built in.
func render(template string, caller *token.Identity) (string, error) {
	if strings.Contains(template, "{{EC2PrivateDNSName}}") {
		if !instanceID.MatchString(caller.SessionName) {
			return "", fmt.Errorf("SessionName did not contain an instance id")
		}
		template = strings.ReplaceAll(template, "{{EC2PrivateDNSName}}", ec2PrivateDNSName)
	}
	template = strings.ReplaceAll(template, "{{AccountID}}", caller.AccountID)
	template = strings.ReplaceAll(template, "{{SessionName}}", strings.ReplaceAll(caller.SessionName, "@", "-"))
	template = strings.ReplaceAll(template, "{{SessionNameRaw}}", caller.SessionName)
	template = strings.ReplaceAll(template, "{{AccessKeyID}}", caller.AccessKeyID)
	return template, nil
}
