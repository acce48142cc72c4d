package kms

import (
	"cmp"
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

// KeyOf returns the properties of a key.
func KeyOf(o *store.Object) *Key { return store.Decode[Key](o) }

func keyKind() *store.Kind {
	return &store.Kind{
		Typ: store.KeyType, Tagged: true,
		Defaults: store.Properties{"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT", "isEnabled": true,
			"enableKeyRotation": false, "bypassPolicyLockoutSafetyCheck": false},
		ForceNew: []string{"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"},
		Check:    checkKey,
		Create:   createKey,
		Update:   updateKey,
		Remove:   scheduleKeyDeletion,
		Creation: 8 * time.Second, Deletion: 2 * time.Second,
	}
}

func checkKey(in store.Properties) []store.Failure {
	days, given := in["deletionWindowInDays"]
	_, unknown := days.(store.Unknown)
	n := store.Integer(days)
	return KeyWindow.Failure(given && !unknown && days != nil && (n < 7 || n > 30), "deletionWindowInDays", n)
}

func createKey(c *store.Call, o *store.Object) error {
	o.ID = NewUUID(c.NewID(""))
	return showKey(c.Account, o)
}

// NewUUID formats an ID as KMS and EKS do.
func NewUUID(id string) string {
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
		"multiRegion": KeyOf(o).MultiRegion, "policy": policy, "rotationPeriodInDays": 365})
	return nil
}

func updateKey(c *store.Call, o, old *store.Object) error {
	err := showKey(c.Account, o)
	o.Retain(old, "description", "policy", "rotationPeriodInDays")
	return err
}

func scheduleKeyDeletion(c *store.Call, o *store.Object) error {
	key := KeyOf(o)
	days := cmp.Or(key.Window, 30)
	pending := &store.Object{Type: store.PendingKeyType, ID: o.ID, Outputs: store.Properties{"arn": key.ARN, "deletionWindowInDays": days}}
	c.Put(pending)
	return nil
}

// FindKey returns a key by ID, ARN or alias, nil if there is none that can be used.
func FindKey(w *store.Account, name string) *store.Object {
	if alias := w.Get(store.AliasType, store.LastOf(":"+name, ":")); alias != nil {
		name = AliasOf(alias).Target
	}
	key := w.Get(store.KeyType, store.LastOf("/"+name, "/"))
	if key == nil || !KeyOf(key).Enabled {
		return nil
	}
	return key
}
