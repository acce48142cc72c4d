package scenario_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/secrets/passphrase"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
)

// savedStack is a stack after the up of an earlier program: its stack file, its state and its account.
type savedStack struct {
	StackFile string          `json:"stackFile"`
	State     json.RawMessage `json:"state"`
	Account   json.RawMessage `json:"account"`
}

// savedAddress is written in the place of the address of the cluster's API: the port that an earlier process selected
// may be in use.
const savedAddress = "https://127.0.0.1:PORT"

func savedFile(name string) string { return filepath.Join("testdata", "states", name+".json.gz") }

// saveStack creates a committed stack with the present program, and writes it.
func saveStack(t *testing.T, name string) {
	t.Helper()
	stackFile, err := os.ReadFile(filepath.Join(root, "Pulumi."+name+".yaml"))
	check(t, err)
	dir := t.TempDir()
	r := openRehearsal(t, func(o *scenario.Options) { o.Stack, o.Dir = name, dir })
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatal(up.Error)
	}
	address := r.World().Endpoint()
	state, err := json.Marshal(r.State())
	check(t, err)
	account, err := r.World().JSON()
	check(t, err)
	saved := savedStack{StackFile: string(stackFile), State: decryptSecrets(t, state), Account: account}
	saved.State = bytes.ReplaceAll(saved.State, []byte(address), []byte(savedAddress))
	saved.Account = bytes.ReplaceAll(saved.Account, []byte(address), []byte(savedAddress))
	text, err := json.Marshal(saved)
	check(t, err)
	var compressed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	check(t, err)
	_, err = writer.Write(text)
	check(t, err)
	check(t, writer.Close())
	check(t, os.WriteFile(savedFile(name), compressed.Bytes(), 0o644))
}

// openSavedStack opens a rehearsal of the present program that continues from a saved stack.
func openSavedStack(t *testing.T, name string, change ...func(*scenario.Options)) *scenario.Rehearsal {
	t.Helper()
	compressed, err := os.Open(savedFile(name))
	check(t, err)
	defer compressed.Close()
	reader, err := gzip.NewReader(compressed)
	check(t, err)
	var saved savedStack
	check(t, json.NewDecoder(reader).Decode(&saved))
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	check(t, err)
	address, err := sharedHost.Endpoint(0)
	check(t, err)
	dir := t.TempDir()
	for file, content := range map[string][]byte{
		"Pulumi.yaml": project, "Pulumi." + name + ".yaml": []byte(saved.StackFile),
		"state.json": bytes.ReplaceAll(saved.State, []byte(savedAddress), []byte(address)),
		"world.json": bytes.ReplaceAll(saved.Account, []byte(savedAddress), []byte(address)),
	} {
		check(t, os.WriteFile(filepath.Join(dir, file), content, 0o644))
	}
	return openRehearsal(t, append([]func(*scenario.Options){func(o *scenario.Options) { o.Root, o.Dir, o.Stack = dir, dir, name }}, change...)...)
}

// decryptSecrets returns an exported state with the plain text of its secrets, in which the address of the API can be
// replaced, and without times.
func decryptSecrets(t *testing.T, state []byte) []byte {
	t.Helper()
	var all map[string]any
	check(t, json.Unmarshal(state, &all))
	deployment := all["deployment"].(map[string]any)
	salt := deployment["secrets_providers"].(map[string]any)["state"].(map[string]any)["salt"].(string)
	manager, err := passphrase.GetPassphraseSecretsManager(engine.Passphrase, salt)
	check(t, err)
	for _, r := range deployment["resources"].([]any) {
		delete(r.(map[string]any), "created")
		delete(r.(map[string]any), "modified")
	}
	var decrypt func(any)
	decrypt = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, element := range v {
				decrypt(element)
			}
		case map[string]any:
			if ciphertext, isText := v["ciphertext"].(string); isText && v[resource.SigKey] == resource.SecretSig {
				if v["plaintext"], err = manager.Decrypter().DecryptValue(context.Background(), ciphertext); err != nil {
					t.Fatal(err)
				}
				delete(v, "ciphertext")
			}
			for _, element := range v {
				decrypt(element)
			}
		}
	}
	decrypt(all)
	decrypted, err := json.Marshal(all)
	check(t, err)
	return decrypted
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(fmt.Errorf("saved stack: %w", err))
	}
}
