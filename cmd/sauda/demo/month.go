package demo

import (
	"time"

	"sauda/core/payment"
)

// hours is a time after an order was placed.
func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// The fates of orders. What goes with a carrier arrives by itself, when the carrier says so.
var (
	waits     []step
	packing   = []step{{hours(3), packFirst}}
	packed    = []step{{hours(3), pack}}
	left      = []step{{hours(3), pack}, {hours(5), leave}}
	partLeft  = []step{{hours(3), packFirst}, {hours(5), leave}}
	arrived   = []step{{hours(3), pack}, {hours(5), leave}, {hours(26), arrive}}
	recalled  = []step{{hours(1), cancel}}
	shortened = []step{{hours(2), cancelLast}, {hours(3), pack}, {hours(5), leave}, {hours(26), arrive}}
	returned  = []step{{hours(3), pack}, {hours(5), leave}, {hours(26), arrive}, {hours(5 * 24), takeBack}}
	halfBack  = []step{{hours(3), pack}, {hours(5), leave}, {hours(26), arrive}, {hours(4 * 24), takeBackFirst}}
	soothed   = []step{{hours(3), pack}, {hours(5), leave}, {hours(26), arrive}, {hours(3 * 24), allow}}
	late      = []step{{hours(3), packFirst}, {hours(5), leave}, {hours(26), arrive}, {hours(48), pack}, {hours(50), leave}, {hours(72), arrive}}
)

// fresh is for orders of the last minutes, which leave at the very end: their parcels move while one looks.
var fresh = []step{{hours(1), pack}, {hours(1), leave}}

// givesUp is what a buyer does after the last card was refused.
const givesUp = ""

// The cards that buyers have; see core/payment/cardsim.
var (
	good      = []string{"tok_ok"}
	second    = []string{"tok_declined", "tok_ok"}
	third     = []string{"tok_insufficient", "tok_expired", "tok_ok"}
	vanished  = []string{"tok_insufficient", givesUp}
	challenge = []string{"tok_challenge"}
)

// month is a month of trade, from its beginning to the last minutes. A day holds what a small shop sells.
func month() []*trade {
	const card, cash = payment.Card, payment.Cash
	return []*trade{
		{buyer: "aisulu", day: 29, hour: 10, goods: "HONEY-ALTAI-500G 2, TEA-BLACK-250G 1, KURT-SALTED 3", by: "courier-almaty", pay: card, tokens: good, fate: arrived},
		{buyer: "igor", day: 29, hour: 19, goods: "CHEF-KNIFE 1, KAZAN-8L 1", by: "courier-astana", pay: cash, fate: arrived},
		{buyer: "marina", day: 28, hour: 12, goods: "FELT-SLIPPERS-GREY-37 1, CAMEL-SOCKS-36-38 2", by: "parcel-regions", pay: card, tokens: good, fate: left},
		{buyer: "mektep", day: 27, hour: 9, goods: "NOTEBOOK-GREEN 40, COLOUR-PENCILS 10, KAZAKH-TALES-KK 12", by: "parcel-south", pay: card, tokens: good, fate: left},
		{buyer: "bekzat", day: 26, hour: 21, goods: "FOOTBALL-5 1", by: "pickup-shymkent/shy-ordabasy", pay: cash, fate: arrived},
		{buyer: "oliver", day: 25, hour: 18, goods: "DOMBRA-FULL 1, STEPPE-COOKBOOK 1", by: "courier-almaty", pay: card, tokens: second, fate: soothed},
		{buyer: "zhandos", day: 25, hour: 11, goods: "CORDLESS-DRILL 1, SCREWDRIVER-SET 1, TAPE-MEASURE-5M 1", by: "parcel-regions", pay: card, tokens: good, fate: left},
		{buyer: "perizat", day: 24, hour: 15, goods: "DOLL-SAUKELE-RED 1, ASYK-SET 1", by: "parcel-regions", pay: card, tokens: good, fate: left},
		{buyer: "xiaoyu", day: 23, hour: 13, goods: "TEA-GREEN 4, PIALA-SET-COBALT 1", by: "pickup-astana/ast-esil", pay: card, tokens: good, fate: arrived},
		{buyer: "aisulu", day: 22, hour: 20, goods: "WINTER-PARKA-NAVY-M 1, TAKIYA-NAVY-56 1", by: "courier-almaty", pay: card, tokens: good, fate: returned},
		{buyer: "rustam", day: 21, hour: 17, goods: "TENT 1", by: "parcel-regions", pay: card, tokens: third, fate: left},
		{buyer: "svetlana", day: 21, hour: 8, goods: "BED-LINEN-DOUBLE-WHITE 1, TOWEL-WHITE 10", by: "parcel-regions", pay: card, tokens: good, fate: left},
		{buyer: "saule", day: 20, hour: 16, goods: "KORPE-RED 2", by: "parcel-south", pay: cash, fate: left},
		{buyer: "igor", day: 19, hour: 22, goods: "HEADPHONES-BLACK 1, CHARGER-65W 1, CABLE-USB-C-2M 2", by: "courier-astana", pay: card, tokens: good, fate: halfBack},
		{buyer: "oliver", day: 18, hour: 9, goods: "APPLES-APORT 5.5, DRIED-APRICOTS 1.2, RICE-SYR 3", by: "courier-almaty-today", pay: card, tokens: good, fate: arrived},
		{buyer: "marina", day: 18, hour: 14, goods: "YOGA-MAT-VIOLET 1", by: "parcel-regions", pay: card, tokens: good, fate: recalled},
		{buyer: "dmitry", day: 17, hour: 12, goods: "HONEY-ALTAI-1KG 1, CAMEL-SOCKS-39-41 3", by: "abroad-union", pay: card, tokens: good, fate: left},
		{buyer: "zhandos", day: 16, hour: 19, goods: "HAMMER 1, GARDEN-HOSE 25", by: "parcel-regions", pay: card, tokens: good, fate: left},
		{buyer: "bekzat", day: 15, hour: 10, goods: "COTTON-FABRIC-WHITE 12.5, ORNAMENT-RIBBON-GOLD 30", by: "parcel-south", pay: card, tokens: good, fate: left},
		{buyer: "aisulu", day: 14, hour: 21, goods: "DESK-LAMP-WHITE 1, NOTEBOOK-NAVY 2, MAGAZINE-DALA 1", by: "pickup-almaty/ala-samal", pay: cash, fate: arrived},
		{buyer: "mektep", day: 13, hour: 11, goods: "SCHOOL-JACKET-128CM 6, SCHOOL-JACKET-134CM 6, SCHOOL-PINAFORE-NAVY-134CM 8", by: "parcel-south", pay: card, tokens: good, fate: left},
		{buyer: "perizat", day: 12, hour: 18, goods: "TONOMETER 1, THERMOMETER 1", by: "parcel-regions", pay: card, tokens: good, fate: left},
		{buyer: "xiaoyu", day: 12, hour: 20, goods: "MAP-PUZZLE 1, TOGYZ-QUMALAQ 1", by: "courier-astana", pay: card, tokens: good, fate: recalled},
		{buyer: "igor", day: 11, hour: 13, goods: "ELECTRIC-KETTLE 1, TEAPOT-WHITE 1, SUNFLOWER-OIL 2", by: "courier-astana", pay: card, tokens: good, fate: shortened},
		{buyer: "rustam", day: 10, hour: 9, goods: "CHARCOAL-3KG 3, THERMOS-750ML-STEEL 1", by: "parcel-regions", pay: card, tokens: good, fate: left},
		{buyer: "oliver", day: 9, hour: 17, goods: "SYRMAQ-120X80CM 1, YURT-KIT 1", by: "courier-almaty", pay: card, tokens: good, fate: late},
		{buyer: "svetlana", day: 8, hour: 12, goods: "DOWN-VEST-M 1", by: "post-village", pay: card, tokens: good, fate: waits},
		{buyer: "saule", day: 7, hour: 15, goods: "BAURSAK-FLOUR 6, MILLET-ROASTED 0.8", by: "parcel-south", pay: cash, fate: recalled},
		{buyer: "dmitry", day: 7, hour: 20, goods: "FELT-BAG-GREEN 1", by: "abroad-union", pay: card, tokens: second, fate: left},
		{buyer: "aisulu", day: 6, hour: 10, goods: "CITY-BICYCLE-M-RED 1", by: "courier-almaty", pay: card, tokens: good, fate: arrived},
		{buyer: "marina", day: 5, hour: 19, goods: "CAMEL-BLANKET-140X200CM 1", by: "parcel-regions", pay: card, tokens: good, fate: left},
		{buyer: "bekzat", day: 5, hour: 11, goods: "KIDS-RAINCOAT-122CM 2, FOOTBALL-4 1", by: "pickup-shymkent/shy-qaratau", pay: card, tokens: good, fate: arrived},
		{buyer: "zhandos", day: 4, hour: 14, goods: "CABLE-USB-C-1M 1, POWER-BANK-BLACK 1", by: "parcel-regions", pay: card, tokens: vanished},
		{buyer: "igor", day: 4, hour: 16, goods: "QOBYZ 1", by: "courier-astana", pay: card, tokens: good, fate: waits},
		{buyer: "oliver", day: 3, hour: 18, goods: "KAZAKH-TALES-EN 2, ABAI-POEMS 1", by: "courier-almaty", pay: card, tokens: good, fate: left},
		{buyer: "perizat", day: 3, hour: 9, goods: "FELT-BOOTS-39 1, DASTARKHAN-140X220CM 1", by: "parcel-regions", pay: card, tokens: good, fate: left},
		{buyer: "xiaoyu", day: 2, hour: 12, goods: "CAMEL-MILK-SOAP-WORMWOOD 6, TOWEL-MUSTARD 2", by: "pickup-astana/ast-saryarqa", pay: card, tokens: good, fate: left},
		{buyer: "mektep", day: 2, hour: 10, goods: "TOGYZ-QUMALAQ 5, AUL-BLOCKS 2", by: "parcel-south", pay: card, tokens: good, fate: partLeft},
		{buyer: "aisulu", day: 2, hour: 21, goods: "KUMIS-SET-NATURAL 1, PIALA-SET-TURQUOISE 2", by: "courier-almaty", pay: cash, fate: partLeft},
		{buyer: "bekzat", day: 1, hour: 11, goods: "PHONE-STAND 1, HEADPHONES-WHITE 1", by: "pickup-shymkent/shy-ordabasy", pay: card, tokens: good, fate: packed},
		{buyer: "igor", day: 1, hour: 9, goods: "KAZAN-6L 1, CHARCOAL-10KG 1", by: "courier-astana", pay: cash, fate: packed},
		{buyer: "oliver", day: 1, hour: 10, goods: "WOODEN-HORSE 1, JAM-SEA-BUCKTHORN 2", by: "courier-almaty", pay: card, tokens: good, fate: packing},
		{buyer: "rustam", day: 1, hour: 12, goods: "ZHENT 2, KURT-SMOKED 5", by: "", pay: ""},
		{buyer: "oliver", day: 6, hour: 23, goods: "WINTER-PARKA-NAVY-S 1", by: "", pay: ""},
		{buyer: "bekzat", day: 9, hour: 22, goods: "POWER-BANK-WHITE 1, CABLE-USB-C-3M 1", by: "parcel-south", pay: ""},
		{buyer: "saule", day: 3, hour: 23, goods: "DOMBRA-SMALL 1", by: "parcel-south", pay: ""},
		{buyer: "svetlana", day: 0, hour: 150, goods: "STEPPE-COOKBOOK 1, SANDYQ 1", by: "parcel-regions", pay: card, tokens: good, fate: waits},
		{buyer: "xiaoyu", day: 0, hour: 95, goods: "TEA-GREEN 2, TEA-BLACK-500G 1", by: "courier-astana", pay: cash, fate: waits},
		{buyer: "dmitry", day: 0, hour: 50, goods: "ABAI-POEMS 1", by: "abroad-union", pay: card, tokens: second, fate: waits},
		{buyer: "perizat", day: 0, hour: 8, goods: "HONEY-ALTAI-250G 3, KURT-SOFT 2", by: "parcel-regions", pay: card, tokens: good, fate: fresh},
		{buyer: "marina", day: 0, hour: 7, goods: "FELT-BAG-MUSTARD 1", by: "parcel-regions", pay: card, tokens: good, fate: fresh},
		{buyer: "mektep", day: 0, hour: 6, goods: "APPLES-APORT 12, DRIED-APRICOTS 2", by: "parcel-south", pay: cash, fate: fresh},
		{buyer: "aisulu", day: 0, hour: 4, goods: "THERMOS-750ML-STEEL 1", by: "courier-almaty", pay: card, tokens: challenge},
	}
}
