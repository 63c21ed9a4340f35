import assert from "node:assert/strict";
import { test } from "node:test";
import { cardsChanged, cardText } from "./card-arguments.ts";

const NOTHING = { mac: null, network: null, dhcp: false, addresses: [], gateways: [], dns: [] };

void test("a card is said by its number and its settings, and the others stay", () => {
  const said = "1:ip=10.0.0.5/24,ip=fd00::5/64,gateway=10.0.0.1,dns=10.0.0.53,network=bridge:br1,mac=source";
  const cards = cardsChanged(null, [said]);
  const second = {
    mac: "source",
    network: "bridge:br1",
    dhcp: false,
    addresses: ["10.0.0.5/24", "fd00::5/64"],
    gateways: ["10.0.0.1"],
    dns: ["10.0.0.53"],
  };
  assert.deepEqual(cards, [NOTHING, second]);
  assert.deepEqual(cardsChanged(cards, ["0:dhcp"]), [{ ...NOTHING, dhcp: true }, second]);
  assert.deepEqual(cardsChanged(null, [`1:${cardText(second)}`]), cards, "what is shown can be said again");
});

void test("a card of which nothing is said any more goes back to what the source has", () => {
  assert.equal(cardsChanged(cardsChanged(null, ["0:dhcp", "2:mac=source"]), ["2:", "0:"]), null);
  assert.deepEqual(cardsChanged(cardsChanged(null, ["0:dhcp", "2:mac=source"]), ["2:"]), [{ ...NOTHING, dhcp: true }]);
});

void test("what says something else is refused", () => {
  for (const argument of ["", "dhcp", "8:dhcp", "0", "0:ip", "0:ip=", "0:colour=blue", "-1:dhcp"])
    assert.throws(() => cardsChanged(null, [argument]), { code: "nic-argument-invalid" }, argument);
});
