package kms

import (
	"regexp"
	"strings"
	"time"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

var (
	KeyWindow = store.NewRule("a key's deletion window is seven to thirty days",
		"expected deletion_window_in_days to be in the range (7 - 30), got %d",
		"https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html")
	KeyPolicy = store.NewRule("a key policy is a policy document",
		"creating KMS Key: operation error KMS: CreateKey, MalformedPolicyDocumentException: %s",
		"https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html")
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

// Key is a key of KMS, also one that is pending deletion.
type Key struct {
	ID          string `json:"keyId"`
	ARN         string `json:"arn"`
	Description string `json:"description"`
	Policy      string `json:"policy"`
	Enabled     bool   `json:"isEnabled"`
	MultiRegion bool   `json:"multiRegion"`
	Window      int    `json:"deletionWindowInDays"`
}

// KeyProperties returns the properties of a key.
func KeyProperties(o *store.Object) *Key { return store.Decode[Key](o) }

// Alias is a name of a key.
type Alias struct {
	Name   string `json:"name"`
	ARN    string `json:"arn"`
	Target string `json:"targetKeyId"` // in inputs the ID or the ARN of the key
}

// AliasOf returns the properties of an alias.
func AliasOf(o *store.Object) *Alias { return store.Decode[Alias](o) }

func KMSKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.KeyType, Tagged: true,
		Defaults: store.Properties{"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT", "isEnabled": true,
			"enableKeyRotation": false, "bypassPolicyLockoutSafetyCheck": false},
		ForceNew: []string{"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"},
		Check:    checkKey,
		Create:   createKey,
		Update:   updateKey,
		Remove:   scheduleKeyDeletion,
		Creation: 8 * time.Second, Deletion: 2 * time.Second,
	}, {
		Typ: store.AliasType, Name: "name", ForceNew: []string{"name", "namePrefix"},
		Create:   createAlias,
		Update:   func(c *store.Call, o, _ *store.Object) error { return showAlias(c.Account, o) },
		Creation: time.Second, Deletion: time.Second,
	}}
}

func checkKey(in store.Properties) []store.Failure {
	days, given := in["deletionWindowInDays"]
	_, unknown := days.(store.Unknown)
	n := store.Integer(days)
	return KeyWindow.Failure(given && !unknown && days != nil && (n < 7 || n > 30), "deletionWindowInDays", n)
}

func createKey(c *store.Call, o *store.Object) error {
	o.ID = Uuid(c.NewID(""))
	return showKey(c.Account, o)
}

// Uuid formats an ID as KMS and EKS do.
func Uuid(id string) string {
	d := strings.Repeat(id, 2)
	return d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:32]
}

func showKey(w *store.Account, o *store.Object) error {
	policy, given := o.Inputs["policy"].(string)
	if given {
		if _, err := iam.ParsePolicy(policy, w.Partition().ID); err != nil {
			return KeyPolicy.When(true, err)
		}
	}
	o.Show(store.Properties{"arn": w.ARN("kms", "key/"+o.ID), "keyId": o.ID, "description": store.OrText(o.Inputs["description"], ""),
		"multiRegion": o.Flag("multiRegion"), "policy": policy, "rotationPeriodInDays": 365})
	return nil
}

func updateKey(c *store.Call, o, old *store.Object) error {
	err := showKey(c.Account, o)
	o.Retain(old, "description", "policy", "rotationPeriodInDays")
	return err
}

func scheduleKeyDeletion(c *store.Call, o *store.Object) error {
	days := o.Number("deletionWindowInDays")
	if days == 0 {
		days = 30
	}
	pending := &store.Object{Type: store.PendingKeyType, ID: o.ID, Outputs: store.Properties{"arn": o.Text("arn"), "deletionWindowInDays": days}}
	c.Put(pending)
	return nil
}

// KeyOf returns a key by ID, ARN or alias, nil if there is none that can be used.
func KeyOf(w *store.Account, name string) *store.Object {
	if alias := w.Get(store.AliasType, store.LastOf(":"+name, ":")); alias != nil {
		name = alias.Text("targetKeyId")
	}
	key := w.Get(store.KeyType, store.LastOf("/"+name, "/"))
	if key == nil || !key.Flag("isEnabled") {
		return nil
	}
	return key
}

var aliasForm = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]+$`)

func createAlias(c *store.Call, o *store.Object) error {
	name := o.Text("name")
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
	target, _ := o.Inputs["targetKeyId"].(string)
	key := w.Get(store.KeyType, store.LastOf("/"+target, "/"))
	if err := AliasKey.When(key == nil, o.Text("name"), target); err != nil {
		return err
	}
	o.Show(store.Properties{"arn": w.ARN("kms", o.ID), "namePrefix": "", "targetKeyArn": key.Text("arn"), "targetKeyId": key.ID})
	return nil
}
