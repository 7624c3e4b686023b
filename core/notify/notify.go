// Package notify writes letters to people and sees to it that they go out.
//
// A letter is a row, written in the moment that is its reason: if the moment is undone, there was no letter. An errand
// brings what waits to a mail server, tries again with growing pauses, and gives up visibly in the end. It knows the
// words of each letter in four languages; it does not know orders, whose facts become letters in app/reactions.go.
//
//	waiting ─▶ sent
//	   └─────▶ given up ─▶ waiting (by hand)
package notify

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of letters.
var Schema = db.Schema{Name: "notify", Files: schemaFiles}

// Faults of letters.
var (
	ErrTemplate  = fault.New(fault.Internal, "notify.template", "There is no such letter, or not all of its values were given. Please tell us which one was missing.")
	ErrRecipient = fault.New(fault.Invalid, "notify.recipient", "Write the email address that the letter is for, such as name@example.kz.")
	ErrUnknown   = fault.New(fault.Missing, "notify.unknown", "There is no such letter that was given up. Look at the list again.")
)

// ID names a letter.
type ID string

// Template names the words of a letter.
type Template string

// The letters that can be written. Their words are in letters/, one file a language.
const (
	OrderPlaced    Template = "order_placed"
	OrderChanged   Template = "order_changed" // Some lines were cancelled.
	OrderCancelled Template = "order_cancelled"
	OrderShipped   Template = "order_shipped"
	OrderCameBack  Template = "order_came_back" // A parcel did not reach the buyer.
	OrderRefunded  Template = "order_refunded"
	OrderGiven     Template = "order_given" // Files and licence codes are paid and can be had.

	GiftPaid  Template = "gift_paid"  // It goes to who has bought a certificate.
	GiftGiven Template = "gift_given" // It goes to whom a certificate is for, with its code.
	GiftBack  Template = "gift_back"  // It goes to whom a certificate has paid an order that fell away.

	BookingBooked    Template = "booking_booked" // It is paid, and its ticket is good.
	BookingChanged   Template = "booking_changed"
	BookingCancelled Template = "booking_cancelled"
	BookingMissed    Template = "booking_missed"
	BookingReminder  Template = "booking_reminder" // It begins within a day.

	SignInCode      Template = "sign_in_code"
	PasswordCode    Template = "password_code"
	EmailCode       Template = "email_code"
	EmailChanged    Template = "email_changed" // It goes to the address before.
	PasswordChanged Template = "password_changed"
	PasskeyAdded    Template = "passkey_added"
	ErasureAsked    Template = "erasure_asked"
	ExportReady     Template = "export_ready"

	QuestionAnswered Template = "question_answered" // It goes to who asked about a product.
	PriceFell        Template = "price_fell"        // It goes to who keeps things that have become cheaper.

	AutopaySoon    Template = "autopay_soon" // These go to who has bills paid by themselves.
	AutopayPaid    Template = "autopay_paid"
	AutopayStopped Template = "autopay_stopped"
	AutopayEnded   Template = "autopay_ended"

	InvestorAdmitted Template = "investor_admitted" // These go to who wants to trade on the exchange.
	InvestorRefused  Template = "investor_refused"
	InvestorAsked    Template = "investor_asked"

	OfferAdmitted   Template = "offer_admitted" // These go to who has made an offer in the first stage of a tender.
	OfferRefused    Template = "offer_refused"
	WaitlistJoined  Template = "waitlist_joined" // These go to who waits for something that is full; the first to guests only, who see no page of theirs.
	WaitlistOffered Template = "waitlist_offered"
	WaitlistLapsed  Template = "waitlist_lapsed"
	WaitlistLate    Template = "waitlist_late"
	WaitlistEnded   Template = "waitlist_ended"

	CourseOffered    Template = "course_offered" // These go to who has enrolled a student.
	CourseRefused    Template = "course_refused"
	CourseDue        Template = "course_due"
	CourseLate       Template = "course_late"
	CourseLeft       Template = "course_left"
	CourseCertified  Template = "course_certified"
	LessonMoved      Template = "lesson_moved"
	LessonCalledOff  Template = "lesson_called_off"
	AgreementSoon    Template = "agreement_soon" // These go to who subscribes to something.
	AgreementPrice   Template = "agreement_price"
	AgreementFailed  Template = "agreement_failed"
	AgreementSkipped Template = "agreement_skipped"
	AgreementLacked  Template = "agreement_lacked"
	AgreementStalled Template = "agreement_stalled"
	AgreementPaused  Template = "agreement_paused"
	AgreementEnded   Template = "agreement_ended"

	EstimateAnswered Template = "estimate_answered" // These go to who has asked for the price of what is made to order.
	EstimateRefused  Template = "estimate_refused"
	EstimateRest     Template = "estimate_rest"
)

// Templates are all letters.
var Templates = []Template{
	OrderPlaced, OrderChanged, OrderCancelled, OrderShipped, OrderCameBack, OrderRefunded, OrderGiven,
	GiftPaid, GiftGiven, GiftBack, BookingBooked, BookingChanged, BookingCancelled, BookingMissed, BookingReminder, SignInCode, PasswordCode, EmailCode,
	EmailChanged, PasswordChanged, PasskeyAdded, ErasureAsked, ExportReady, QuestionAnswered, PriceFell,
	AutopaySoon, AutopayPaid, AutopayStopped, AutopayEnded, InvestorAdmitted, InvestorRefused, InvestorAsked,
	OfferAdmitted, OfferRefused, CourseOffered, CourseRefused, CourseDue, CourseLate, CourseLeft, CourseCertified, LessonMoved, LessonCalledOff,
	AgreementSoon, AgreementPrice, AgreementFailed, AgreementSkipped, AgreementLacked, AgreementStalled,
	AgreementPaused, AgreementEnded,
	EstimateAnswered, EstimateRefused, EstimateRest,
	WaitlistJoined, WaitlistOffered, WaitlistLapsed, WaitlistLate, WaitlistEnded,
}

// secret tells whether a letter holds what nobody but its reader may know: its values are not kept once it was sent.
func (t Template) secret() bool {
	return t == SignInCode || t == PasswordCode || t == EmailCode || t == GiftGiven
}

// Letter is what somebody is told.
type Letter struct {
	Key      string // Key makes it one letter, however often it is written: "ord_…:placed".
	To       string // To is an email address.
	Lang     string // Lang is kk, ru, en or zh; anything else is written in Kazakh.
	Template Template
	Params   map[string]string // Params are the values of the letter. An empty value drops the paragraph that names it.
	Order    string
	Seller   string
}

// State says how far a letter has come.
type State string

// The states of a letter.
const (
	StateWaiting State = "waiting"
	StateSent    State = "sent"
	StateGivenUp State = "given_up"
)

// Kept is a letter as it is stored.
type Kept struct {
	ID ID
	Letter
	State   State
	Tries   int64
	Written time.Time
	Due     time.Time // Due is when it is tried next, while it waits.
	Sent    time.Time // Sent is zero until it was sent.
	Error   string    // Error is why the last try failed.
}
