package world

import (
	"regexp"
	"strings"
	"time"
)

const (
	keyType   = "aws:kms/key:Key"
	aliasType = "aws:kms/alias:Alias"
	// pendingKeyType is a key that is pending deletion: it can't be used, it costs nothing, and KMS deletes it
	// automatically.
	pendingKeyType = "aws:kms/key:PendingDeletion"
)

var (
	keyWindow = rule("a key's deletion window is seven to thirty days",
		"expected deletion_window_in_days to be in the range (7 - 30), got %d",
		"https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html")
	keyPolicy = rule("a key policy is a policy document",
		"creating KMS Key: operation error KMS: CreateKey, MalformedPolicyDocumentException: %s",
		"https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html")
	aliasName = rule("a key alias begins with alias/ and not with alias/aws/",
		"creating KMS Alias (%[1]s): operation error KMS: CreateAlias, InvalidAliasNameException: alias name %[1]q must begin with 'alias/' and must not begin with 'alias/aws/'",
		"https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html")
	aliasUnique = rule("a key alias is unique",
		"creating KMS Alias (%s): operation error KMS: CreateAlias, AlreadyExistsException: An alias with the name %s already exists",
		"https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html")
	aliasKey = rule("a key alias refers to a key that exists",
		"creating KMS Alias (%s): operation error KMS: CreateAlias, NotFoundException: Key '%s' does not exist",
		"https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html")
)

func kmsKinds() []*kind {
	return []*kind{{
		typ: keyType, tagged: true,
		defaults: Properties{"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT", "isEnabled": true,
			"enableKeyRotation": false, "bypassPolicyLockoutSafetyCheck": false},
		forceNew: []string{"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"},
		check:    checkKey,
		create:   createKey,
		update:   updateKey,
		remove:   scheduleKeyDeletion,
		creation: 8 * time.Second, deletion: 2 * time.Second,
	}, {
		typ: aliasType, name: "name", forceNew: []string{"name", "namePrefix"},
		create:   createAlias,
		update:   func(c *call, o, _ *Object) error { return c.showAlias(o) },
		creation: time.Second, deletion: time.Second,
	}}
}

func checkKey(in Properties) []Failure {
	days, given := in["deletionWindowInDays"]
	_, unknown := days.(Unknown)
	n := integer(days)
	return keyWindow.failure(given && !unknown && days != nil && (n < 7 || n > 30), "deletionWindowInDays", n)
}

func createKey(c *call, o *Object) error {
	o.ID = uuid(c.newID(""))
	return c.showKey(o)
}

// uuid formats an ID as KMS and EKS do.
func uuid(id string) string {
	d := strings.Repeat(id, 2)
	return d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:32]
}

func (w *World) showKey(o *Object) error {
	policy, given := o.Inputs["policy"].(string)
	if given {
		if _, err := parsePolicy(policy, w.partition().id); err != nil {
			return keyPolicy.when(true, err)
		}
	}
	o.show(Properties{"arn": w.arn("kms", "key/"+o.ID), "keyId": o.ID, "description": orText(o.Inputs["description"], ""),
		"multiRegion": o.flag("multiRegion"), "policy": policy, "rotationPeriodInDays": 365})
	return nil
}

func updateKey(c *call, o, old *Object) error {
	err := c.showKey(o)
	o.retain(old, "description", "policy", "rotationPeriodInDays")
	return err
}

func scheduleKeyDeletion(c *call, o *Object) error {
	days := o.number("deletionWindowInDays")
	if days == 0 {
		days = 30
	}
	pending := &Object{Type: pendingKeyType, ID: o.ID, Outputs: Properties{"arn": o.text("arn"), "deletionWindowInDays": days}}
	c.put(pending)
	return nil
}

// keyOf returns a key by ID, ARN or alias, nil if there is none that can be used.
func (w *World) keyOf(name string) *Object {
	if alias := w.get(aliasType, lastOf(":"+name, ":")); alias != nil {
		name = alias.text("targetKeyId")
	}
	key := w.get(keyType, lastOf("/"+name, "/"))
	if key == nil || !key.flag("isEnabled") {
		return nil
	}
	return key
}

var aliasForm = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]+$`)

func createAlias(c *call, o *Object) error {
	name := o.text("name")
	err := first(
		aliasName.when(!aliasForm.MatchString(name) || strings.HasPrefix(name, "alias/aws/"), name),
		aliasUnique.when(c.get(aliasType, name) != nil, name, c.arn("kms", name)))
	if err != nil {
		return err
	}
	o.ID = name
	return c.showAlias(o)
}

func (w *World) showAlias(o *Object) error {
	target, _ := o.Inputs["targetKeyId"].(string)
	key := w.get(keyType, lastOf("/"+target, "/"))
	if err := aliasKey.when(key == nil, o.text("name"), target); err != nil {
		return err
	}
	o.show(Properties{"arn": w.arn("kms", o.ID), "namePrefix": "", "targetKeyArn": key.text("arn"), "targetKeyId": key.ID})
	return nil
}
