package receivers

// Receiver is one way of taking webhooks.
type Receiver struct {
	Name   string // in kebab-case, unique
	Number int    // in the catalogue of broken receivers, from 1; 0 when it is correct
	Bug    string // what is wrong with it, for people; "" when it is correct
	Case   string // the case that must catch it; "" when it is correct

	change func(*steps) // the bug; nil when it is correct
}

// All lists every receiver: the correct one, and then the broken ones in the catalogue's order.
var All = []Receiver{
	Correct,
	noDeduplication,
	CheckThenInsert,
	checkThenInsertQuick,
	violationLogged,
	violationAnswers500,
	memoryOnly,
	shortTimeToLive,
	markedBeforeWork,
	workBeforeMark,
	acknowledgedBeforeCommit,
	keyBodyHash,
	keyWithTimestamp,
	keyOfAttempt,
	keyWithoutTenant,
	mismatchOldResult,
	mismatchOverwrites,
	fingerprintDoubles,
	fingerprintKeyOrder,
	duplicateConflict,
	duplicateNewResult,
	verifiesReserialised,
	missingSignatureAccepted,
	emptySecretAccepted,
	malformedSignatureCrashes,
	timestampUnchecked,
	recordedBeforeVerified,
	retriesDropped,
	lockNeverExpires,
	lockTooShort,
	effectDoubled,
	idAnyCase,
	charsetStrict,
	lengthRequired,
	forwardedMisread,
	bodyLimitLow,
	nulCrashes,
	surrogateCrashes,
	notUTF8Crashes,
	idCut,
	idWithoutCase,
	idAsDouble,
	keyOfObject,
	duplicateRedirected,
	malformedSignatureHangsUp,
	claimAbandoned,
	lateMovesBack,
	firstStatusStays,
	statusReadBeforeWork,
	storeForgets,
	verifiesTrimmed,
	lastSignatureOnly,
	schemaUnchecked,
}

// Correct claims the event before the work, lets overlapping duplicates wait for the result, commits effect and
// record together, and refuses other content under a known id.
var Correct = Receiver{Name: "correct"}

// Start returns a running receiver with an empty database. It shares secret, a Standard Webhooks secret, with its
// sender; with an empty secret, or one that cannot be read, it refuses every delivery.
func (r Receiver) Start(secret string) *Instance {
	s := correct()
	if r.change != nil {
		r.change(&s)
	}
	return newInstance(s, secret)
}
