package kms

import (
	"regexp"
	"strings"
	"time"

	"eksnet/rehearsal/world/store"
)

var (
	AliasName = store.NewRule("a key alias begins with alias/ and not with alias/aws/",
		"creating KMS Alias (%[1]s): operation error KMS: CreateAlias, InvalidAliasNameException: alias name %[1]q must begin with 'alias/' and must not begin with 'alias/aws/'",
		"https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html")
	AliasUnique = store.NewRule("a key alias is unique",
		"creating KMS Alias (%s): operation error KMS: CreateAlias, AlreadyExistsException: An alias with the name %s already exists",
		"https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html")
	AliasKey = store.NewRule("a key alias refers to a key that exists",
		"creating KMS Alias (%s): operation error KMS: CreateAlias, NotFoundException: Key '%s' does not exist",
		"https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html")
)

var AliasFound = store.NewRule("a key alias that is read exists",
	"reading KMS Alias (%s): empty result",
	"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/kms/alias_data_source.go")

// Alias is a name of a key.
type Alias struct {
	Name   string `json:"name"`
	ARN    string `json:"arn"`
	Target string `json:"targetKeyId"` // in inputs the ID or the ARN of the key
}

// AliasOf returns the properties of an alias.
func AliasOf(o *store.Object) *Alias { return store.Decode[Alias](o) }

func aliasKind() *store.Kind {
	return &store.Kind{
		Typ: store.AliasType, Name: "name", ForceNew: []string{"name", "namePrefix"},
		Create:   createAlias,
		Update:   func(c *store.Call, o, _ *store.Object) error { return showAlias(c.Account, o) },
		Creation: time.Second, Deletion: time.Second,
	}
}

var aliasForm = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]+$`)

func createAlias(c *store.Call, o *store.Object) error {
	name := AliasOf(o).Name
	err := store.First(
		AliasName.When(!aliasForm.MatchString(name) || strings.HasPrefix(name, "alias/aws/"), name),
		AliasUnique.When(c.Get(store.AliasType, name) != nil, name, c.ARN("kms", name)))
	if err != nil {
		return err
	}
	o.ID = name
	return showAlias(c.Account, o)
}

func showAlias(w *store.Account, o *store.Object) error {
	in, _ := store.As[Alias](o.Inputs)
	target := in.Target
	key := w.Get(store.KeyType, store.LastOf("/"+target, "/"))
	if err := AliasKey.When(key == nil, AliasOf(o).Name, target); err != nil {
		return err
	}
	o.Show(store.Properties{"arn": w.ARN("kms", o.ID), "namePrefix": "", "targetKeyArn": KeyOf(key).ARN, "targetKeyId": key.ID})
	return nil
}

// getAlias finds an alias as the provider's data source does.
func getAlias(c *store.Call, args store.Properties) (store.Properties, error) {
	name, _ := args["name"].(string)
	o := c.Get(store.AliasType, name)
	if err := AliasFound.When(o == nil, name); err != nil || o == nil {
		return nil, err
	}
	alias := AliasOf(o)
	return store.Properties{"id": alias.ARN, "name": name, "arn": alias.ARN, "targetKeyId": alias.Target, "targetKeyArn": c.ARN("kms", "key/"+alias.Target)}, nil
}
