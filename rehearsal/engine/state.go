package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack/snapshot"
	"github.com/pulumi/pulumi/pkg/v3/secrets"
	"github.com/pulumi/pulumi/pkg/v3/secrets/passphrase"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Passphrase encrypts the secrets of a rehearsed state, so that values that are secret on AWS are not stored in plain
// text here either. It is not itself a secret: `PULUMI_CONFIG_PASSPHRASE=rehearsal pulumi stack import` reads a state.
const Passphrase = "rehearsal"

// salt is the state of Pulumi's passphrase secrets manager for Passphrase. It is fixed so that the key, whose
// derivation takes a third of a second, is derived once in a process.
const salt = "v1:SFKAN81WxKo=:v1:OAM32YKlpHflPd3Z:YF9gdgc+3ZeRu7QrU5wijBfQUHbA6Q=="

// State is the Pulumi state of a stack, in the format of `pulumi stack export`. It is immutable; a nil State is empty.
type State struct {
	deployment apitype.DeploymentV3
}

// MarshalJSON returns the format of `pulumi stack export`, which `pulumi stack import` reads.
func (s *State) MarshalJSON() ([]byte, error) { return json.Marshal(s.exported()) }

// exported returns an apitype.UntypedDeployment whose deployment is not yet marshalled, so that it is marshalled once.
func (s *State) exported() any {
	return struct {
		Version    int                  `json:"version"`
		Deployment apitype.DeploymentV3 `json:"deployment"`
	}{apitype.DeploymentSchemaVersionCurrent, s.Deployment()}
}

// Deployment returns the state in Pulumi's own type. Its secrets are encrypted.
func (s *State) Deployment() apitype.DeploymentV3 {
	if s == nil {
		return apitype.DeploymentV3{}
	}
	return s.deployment
}

// Resources returns the resources of the state, each after those that it depends on.
func (s *State) Resources() []apitype.ResourceV3 { return s.Deployment().Resources }

// Pending returns the operations that had begun and not ended when the state was taken. Whether a pending create took
// effect is unknown.
func (s *State) Pending() []apitype.OperationV2 { return s.Deployment().PendingOperations }

// WithoutPending returns the state without its pending operations, as `pulumi refresh --clear-pending-creates` does.
func (s *State) WithoutPending() *State {
	deployment := s.Deployment()
	deployment.PendingOperations = nil
	return &State{deployment: deployment}
}

// Adopt returns the state with its pending operations resolved. A pending create whose URN has an ID in made becomes a
// resource, as after `pulumi stack export`, an edit, and `pulumi stack import`; every other pending operation is
// dropped. The resource's outputs are unknown until a refresh reads them.
func (s *State) Adopt(made map[string]string) *State {
	adopted := s.WithoutPending()
	adopted.deployment.Resources = slices.Clone(adopted.deployment.Resources)
	for _, pending := range s.Pending() {
		id := made[string(pending.Resource.URN)]
		if id == "" || pending.Type != apitype.OperationTypeCreating {
			continue
		}
		r := pending.Resource
		r.ID = resource.ID(id)
		adopted.deployment.Resources = append(adopted.deployment.Resources, r)
	}
	return adopted
}

// snapshot returns the state in the engine's type, a new one for each call, because the engine changes it.
func (s *State) snapshot(ctx context.Context) (*deploy.Snapshot, error) {
	if s == nil {
		return nil, nil
	}
	deployment := s.deployment
	deployment.Resources = slices.Clone(deployment.Resources)
	snapshot, err := stack.DeserializeDeploymentV3(ctx, deployment, secretsProvider{})
	if err != nil {
		return nil, fmt.Errorf("state: %w", oneLine(err))
	}
	return snapshot, nil
}

// verify checks that each resource is after those that it refers to, as Pulumi does when it reads or writes a state.
func (s *State) verify() error { return snapshot.VerifyIntegrity(&s.deployment) }

// newState returns the state of a snapshot.
func newState(ctx context.Context, snapshot *deploy.Snapshot) (*State, error) {
	manager, err := secretsManager()
	if err != nil {
		return nil, err
	}
	snapshot.SecretsManager = manager
	deployment, err := stack.SerializeDeployment(ctx, snapshot, false)
	if err != nil {
		return nil, err
	}
	return &State{deployment: *deployment}, nil
}

// reencrypt returns the state with its secrets encrypted by secretsManager, with which an operation encrypts the
// secrets that it adds.
func (s *State) reencrypt(ctx context.Context) (*State, error) {
	if providers := s.deployment.SecretsProviders; providers != nil && saltOf(providers.State) == salt {
		return s, nil
	}
	snapshot, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return newState(ctx, snapshot)
}

var secretsManager = sync.OnceValues(func() (secrets.Manager, error) {
	return passphrase.GetPassphraseSecretsManager(Passphrase, salt)
})

// secretsProvider decrypts states that were encrypted with Passphrase, whatever their salt.
type secretsProvider struct{}

func (secretsProvider) OfType(_ context.Context, kind string, state json.RawMessage) (secrets.Manager, error) {
	if kind != passphrase.Type {
		return nil, fmt.Errorf("its secrets are encrypted by %q; a rehearsal reads states that are encrypted with the passphrase %q", kind, Passphrase)
	}
	if saltOf(state) == salt {
		return secretsManager()
	}
	manager, err := passphrase.GetPassphraseSecretsManager(Passphrase, saltOf(state))
	if errors.Is(err, passphrase.ErrIncorrectPassphrase) {
		return nil, fmt.Errorf("its secrets are encrypted with another passphrase than %q", Passphrase)
	}
	return manager, err
}

// saltOf returns the salt in the state of a passphrase secrets manager, "" if there is none.
func saltOf(state json.RawMessage) string {
	var salted struct{ Salt string }
	if json.Unmarshal(state, &salted) != nil {
		return ""
	}
	return salted.Salt
}

// WithResources returns the state with other resources, such as the same ones in another order or with other
// dependencies.
func (s *State) WithResources(resources []apitype.ResourceV3) *State {
	deployment := s.Deployment()
	deployment.Resources = resources
	return &State{deployment: deployment}
}
