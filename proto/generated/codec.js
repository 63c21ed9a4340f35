/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const leeward = $root.leeward = (() => {

    const leeward = {};

    leeward.Envelope = (function() {

        const Envelope = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Envelope.prototype.hello = null;
        Envelope.prototype.welcome = null;
        Envelope.prototype.farewell = null;
        Envelope.prototype.ping = null;
        Envelope.prototype.pong = null;
        Envelope.prototype.credit = null;
        Envelope.prototype.diskOffer = null;
        Envelope.prototype.diskPosition = null;
        Envelope.prototype.records = null;
        Envelope.prototype.segmentPart = null;
        Envelope.prototype.pointRecord = null;
        Envelope.prototype.pointStored = null;
        Envelope.prototype.groupAsk = null;
        Envelope.prototype.groupAnswer = null;
        Envelope.prototype.controlRequest = null;
        Envelope.prototype.controlResponse = null;
        Envelope.prototype.controlNotice = null;
        Envelope.prototype.cacheHead = null;
        Envelope.prototype.cacheWord = null;

        let $oneOfFields;

        $Object.defineProperty(Envelope.prototype, "body", {
            get: $util.oneOfGetter($oneOfFields = ["hello", "welcome", "farewell", "ping", "pong", "credit", "diskOffer", "diskPosition", "records", "segmentPart", "pointRecord", "pointStored", "groupAsk", "groupAnswer", "controlRequest", "controlResponse", "controlNotice", "cacheHead", "cacheWord"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        Envelope.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.hello != null && $Object.hasOwnProperty.call(message, "hello"))
                $root.leeward.Hello.encode(message.hello, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.welcome != null && $Object.hasOwnProperty.call(message, "welcome"))
                $root.leeward.Welcome.encode(message.welcome, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.farewell != null && $Object.hasOwnProperty.call(message, "farewell"))
                $root.leeward.Farewell.encode(message.farewell, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.ping != null && $Object.hasOwnProperty.call(message, "ping"))
                $root.leeward.Ping.encode(message.ping, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.pong != null && $Object.hasOwnProperty.call(message, "pong"))
                $root.leeward.Pong.encode(message.pong, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.credit != null && $Object.hasOwnProperty.call(message, "credit"))
                $root.leeward.Credit.encode(message.credit, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.diskOffer != null && $Object.hasOwnProperty.call(message, "diskOffer"))
                $root.leeward.DiskOffer.encode(message.diskOffer, writer.uint32(130).fork(), _depth + 1).ldelim();
            if (message.diskPosition != null && $Object.hasOwnProperty.call(message, "diskPosition"))
                $root.leeward.DiskPosition.encode(message.diskPosition, writer.uint32(138).fork(), _depth + 1).ldelim();
            if (message.records != null && $Object.hasOwnProperty.call(message, "records"))
                $root.leeward.Records.encode(message.records, writer.uint32(146).fork(), _depth + 1).ldelim();
            if (message.segmentPart != null && $Object.hasOwnProperty.call(message, "segmentPart"))
                $root.leeward.SegmentPart.encode(message.segmentPart, writer.uint32(154).fork(), _depth + 1).ldelim();
            if (message.pointRecord != null && $Object.hasOwnProperty.call(message, "pointRecord"))
                $root.leeward.PointRecord.encode(message.pointRecord, writer.uint32(162).fork(), _depth + 1).ldelim();
            if (message.pointStored != null && $Object.hasOwnProperty.call(message, "pointStored"))
                $root.leeward.PointStored.encode(message.pointStored, writer.uint32(170).fork(), _depth + 1).ldelim();
            if (message.groupAsk != null && $Object.hasOwnProperty.call(message, "groupAsk"))
                $root.leeward.GroupAsk.encode(message.groupAsk, writer.uint32(178).fork(), _depth + 1).ldelim();
            if (message.groupAnswer != null && $Object.hasOwnProperty.call(message, "groupAnswer"))
                $root.leeward.GroupAnswer.encode(message.groupAnswer, writer.uint32(186).fork(), _depth + 1).ldelim();
            if (message.controlRequest != null && $Object.hasOwnProperty.call(message, "controlRequest"))
                $root.leeward.ControlRequest.encode(message.controlRequest, writer.uint32(258).fork(), _depth + 1).ldelim();
            if (message.controlResponse != null && $Object.hasOwnProperty.call(message, "controlResponse"))
                $root.leeward.ControlResponse.encode(message.controlResponse, writer.uint32(266).fork(), _depth + 1).ldelim();
            if (message.controlNotice != null && $Object.hasOwnProperty.call(message, "controlNotice"))
                $root.leeward.ControlNotice.encode(message.controlNotice, writer.uint32(274).fork(), _depth + 1).ldelim();
            if (message.cacheHead != null && $Object.hasOwnProperty.call(message, "cacheHead"))
                $root.leeward.CacheHead.encode(message.cacheHead, writer.uint32(322).fork(), _depth + 1).ldelim();
            if (message.cacheWord != null && $Object.hasOwnProperty.call(message, "cacheWord"))
                $root.leeward.CacheWord.encode(message.cacheWord, writer.uint32(330).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Envelope.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Envelope();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.hello = $root.leeward.Hello.decode(reader, reader.size(), $undefined, _depth + 1, message.hello);
                        message.body = "hello";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.welcome = $root.leeward.Welcome.decode(reader, reader.size(), $undefined, _depth + 1, message.welcome);
                        message.body = "welcome";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.farewell = $root.leeward.Farewell.decode(reader, reader.size(), $undefined, _depth + 1, message.farewell);
                        message.body = "farewell";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.ping = $root.leeward.Ping.decode(reader, reader.size(), $undefined, _depth + 1, message.ping);
                        message.body = "ping";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.pong = $root.leeward.Pong.decode(reader, reader.size(), $undefined, _depth + 1, message.pong);
                        message.body = "pong";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.credit = $root.leeward.Credit.decode(reader, reader.size(), $undefined, _depth + 1, message.credit);
                        message.body = "credit";
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        message.diskOffer = $root.leeward.DiskOffer.decode(reader, reader.size(), $undefined, _depth + 1, message.diskOffer);
                        message.body = "diskOffer";
                        continue;
                    }
                case 17: {
                        if (wireType !== 2)
                            break;
                        message.diskPosition = $root.leeward.DiskPosition.decode(reader, reader.size(), $undefined, _depth + 1, message.diskPosition);
                        message.body = "diskPosition";
                        continue;
                    }
                case 18: {
                        if (wireType !== 2)
                            break;
                        message.records = $root.leeward.Records.decode(reader, reader.size(), $undefined, _depth + 1, message.records);
                        message.body = "records";
                        continue;
                    }
                case 19: {
                        if (wireType !== 2)
                            break;
                        message.segmentPart = $root.leeward.SegmentPart.decode(reader, reader.size(), $undefined, _depth + 1, message.segmentPart);
                        message.body = "segmentPart";
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        message.pointRecord = $root.leeward.PointRecord.decode(reader, reader.size(), $undefined, _depth + 1, message.pointRecord);
                        message.body = "pointRecord";
                        continue;
                    }
                case 21: {
                        if (wireType !== 2)
                            break;
                        message.pointStored = $root.leeward.PointStored.decode(reader, reader.size(), $undefined, _depth + 1, message.pointStored);
                        message.body = "pointStored";
                        continue;
                    }
                case 22: {
                        if (wireType !== 2)
                            break;
                        message.groupAsk = $root.leeward.GroupAsk.decode(reader, reader.size(), $undefined, _depth + 1, message.groupAsk);
                        message.body = "groupAsk";
                        continue;
                    }
                case 23: {
                        if (wireType !== 2)
                            break;
                        message.groupAnswer = $root.leeward.GroupAnswer.decode(reader, reader.size(), $undefined, _depth + 1, message.groupAnswer);
                        message.body = "groupAnswer";
                        continue;
                    }
                case 32: {
                        if (wireType !== 2)
                            break;
                        message.controlRequest = $root.leeward.ControlRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.controlRequest);
                        message.body = "controlRequest";
                        continue;
                    }
                case 33: {
                        if (wireType !== 2)
                            break;
                        message.controlResponse = $root.leeward.ControlResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.controlResponse);
                        message.body = "controlResponse";
                        continue;
                    }
                case 34: {
                        if (wireType !== 2)
                            break;
                        message.controlNotice = $root.leeward.ControlNotice.decode(reader, reader.size(), $undefined, _depth + 1, message.controlNotice);
                        message.body = "controlNotice";
                        continue;
                    }
                case 40: {
                        if (wireType !== 2)
                            break;
                        message.cacheHead = $root.leeward.CacheHead.decode(reader, reader.size(), $undefined, _depth + 1, message.cacheHead);
                        message.body = "cacheHead";
                        continue;
                    }
                case 41: {
                        if (wireType !== 2)
                            break;
                        message.cacheWord = $root.leeward.CacheWord.decode(reader, reader.size(), $undefined, _depth + 1, message.cacheWord);
                        message.body = "cacheWord";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Envelope;
    })();

    leeward.Hello = (function() {

        const Hello = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Hello.prototype.wireVersionMin = 0;
        Hello.prototype.wireVersionMax = 0;
        Hello.prototype.softwareVersion = "";
        Hello.prototype.bootId = "";
        Hello.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Hello.prototype.wallMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Hello.prototype.creditBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Hello.prototype.instance = "";
        Hello.prototype.hostName = "";
        Hello.prototype.isCopy = false;

        Hello.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.wireVersionMin != null && $Object.hasOwnProperty.call(message, "wireVersionMin") && message.wireVersionMin !== 0)
                writer.uint32(8).uint32(message.wireVersionMin);
            if (message.wireVersionMax != null && $Object.hasOwnProperty.call(message, "wireVersionMax") && message.wireVersionMax !== 0)
                writer.uint32(16).uint32(message.wireVersionMax);
            if (message.softwareVersion != null && $Object.hasOwnProperty.call(message, "softwareVersion") && message.softwareVersion !== "")
                writer.uint32(26).string(message.softwareVersion);
            if (message.bootId != null && $Object.hasOwnProperty.call(message, "bootId") && message.bootId !== "")
                writer.uint32(34).string(message.bootId);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(40).uint64(message.epoch);
            if (message.wallMicros != null && $Object.hasOwnProperty.call(message, "wallMicros") && (typeof message.wallMicros === "object" ? message.wallMicros.low || message.wallMicros.high : message.wallMicros !== 0))
                writer.uint32(48).uint64(message.wallMicros);
            if (message.creditBytes != null && $Object.hasOwnProperty.call(message, "creditBytes") && (typeof message.creditBytes === "object" ? message.creditBytes.low || message.creditBytes.high : message.creditBytes !== 0))
                writer.uint32(56).uint64(message.creditBytes);
            if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance !== "")
                writer.uint32(66).string(message.instance);
            if (message.hostName != null && $Object.hasOwnProperty.call(message, "hostName") && message.hostName !== "")
                writer.uint32(74).string(message.hostName);
            if (message.isCopy != null && $Object.hasOwnProperty.call(message, "isCopy") && message.isCopy !== false)
                writer.uint32(80).bool(message.isCopy);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Hello.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Hello();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.wireVersionMin = value;
                        else
                            delete message.wireVersionMin;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.wireVersionMax = value;
                        else
                            delete message.wireVersionMax;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.softwareVersion = value;
                        else
                            delete message.softwareVersion;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.bootId = value;
                        else
                            delete message.bootId;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.wallMicros = value;
                        else
                            delete message.wallMicros;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.creditBytes = value;
                        else
                            delete message.creditBytes;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.instance = value;
                        else
                            delete message.instance;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.hostName = value;
                        else
                            delete message.hostName;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.isCopy = value;
                        else
                            delete message.isCopy;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Hello;
    })();

    leeward.Welcome = (function() {

        const Welcome = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Welcome.prototype.wireVersion = 0;
        Welcome.prototype.softwareVersion = "";
        Welcome.prototype.wallMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Welcome.prototype.creditBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        Welcome.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.wireVersion != null && $Object.hasOwnProperty.call(message, "wireVersion") && message.wireVersion !== 0)
                writer.uint32(8).uint32(message.wireVersion);
            if (message.softwareVersion != null && $Object.hasOwnProperty.call(message, "softwareVersion") && message.softwareVersion !== "")
                writer.uint32(18).string(message.softwareVersion);
            if (message.wallMicros != null && $Object.hasOwnProperty.call(message, "wallMicros") && (typeof message.wallMicros === "object" ? message.wallMicros.low || message.wallMicros.high : message.wallMicros !== 0))
                writer.uint32(24).uint64(message.wallMicros);
            if (message.creditBytes != null && $Object.hasOwnProperty.call(message, "creditBytes") && (typeof message.creditBytes === "object" ? message.creditBytes.low || message.creditBytes.high : message.creditBytes !== 0))
                writer.uint32(32).uint64(message.creditBytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Welcome.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Welcome();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.wireVersion = value;
                        else
                            delete message.wireVersion;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.softwareVersion = value;
                        else
                            delete message.softwareVersion;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.wallMicros = value;
                        else
                            delete message.wallMicros;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.creditBytes = value;
                        else
                            delete message.creditBytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Welcome;
    })();

    leeward.Farewell = (function() {

        const Farewell = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Farewell.prototype.fault = null;

        Farewell.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.fault != null && $Object.hasOwnProperty.call(message, "fault"))
                $root.leeward.FaultReport.encode(message.fault, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Farewell.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Farewell();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.fault = $root.leeward.FaultReport.decode(reader, reader.size(), $undefined, _depth + 1, message.fault);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Farewell;
    })();

    leeward.Ping = (function() {

        const Ping = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Ping.prototype.number = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        Ping.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.number != null && $Object.hasOwnProperty.call(message, "number") && (typeof message.number === "object" ? message.number.low || message.number.high : message.number !== 0))
                writer.uint32(8).uint64(message.number);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Ping.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Ping();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.number = value;
                        else
                            delete message.number;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Ping;
    })();

    leeward.Pong = (function() {

        const Pong = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Pong.prototype.number = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Pong.prototype.wallMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        Pong.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.number != null && $Object.hasOwnProperty.call(message, "number") && (typeof message.number === "object" ? message.number.low || message.number.high : message.number !== 0))
                writer.uint32(8).uint64(message.number);
            if (message.wallMicros != null && $Object.hasOwnProperty.call(message, "wallMicros") && (typeof message.wallMicros === "object" ? message.wallMicros.low || message.wallMicros.high : message.wallMicros !== 0))
                writer.uint32(16).uint64(message.wallMicros);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Pong.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Pong();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.number = value;
                        else
                            delete message.number;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.wallMicros = value;
                        else
                            delete message.wallMicros;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Pong;
    })();

    leeward.Credit = (function() {

        const Credit = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Credit.prototype.bytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        Credit.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && (typeof message.bytes === "object" ? message.bytes.low || message.bytes.high : message.bytes !== 0))
                writer.uint32(8).uint64(message.bytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Credit.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Credit();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Credit;
    })();

    leeward.FaultReport = (function() {

        const FaultReport = function (properties) {
            this.detail = {};
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        FaultReport.prototype.code = "";
        FaultReport.prototype.kind = "";
        FaultReport.prototype.message = "";
        FaultReport.prototype.detail = $util.emptyObject;
        FaultReport.prototype.remedy = "";

        FaultReport.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(10).string(message.code);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(18).string(message.kind);
            if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                writer.uint32(26).string(message.message);
            if (message.detail != null && $Object.hasOwnProperty.call(message, "detail"))
                for (let keys = $Object.keys(message.detail), i = 0; i < keys.length; ++i)
                    writer.uint32(34).fork().uint32(10).string(keys[i]).uint32(18).string(message.detail[keys[i]]).ldelim();
            if (message.remedy != null && $Object.hasOwnProperty.call(message, "remedy") && message.remedy !== "")
                writer.uint32(42).string(message.remedy);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        FaultReport.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, key, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.FaultReport();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.message = value;
                        else
                            delete message.message;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (message.detail === $util.emptyObject)
                            message.detail = {};
                        let end2 = reader.size() + reader.pos;
                        if (end2 > reader.len)
                            throw $RangeError("index out of range");
                        reader.len = end2;
                        key = "";
                        value = "";
                        while (reader.pos < end2) {
                            let tag2 = reader.tag();
                            wireType = tag2 & 7;
                            switch (tag2 >>>= 3) {
                            case 1:
                                if (wireType !== 2)
                                    break;
                                key = reader.stringVerify();
                                continue;
                            case 2:
                                if (wireType !== 2)
                                    break;
                                value = reader.stringVerify();
                                continue;
                            }
                            reader.skipType(wireType, _depth, tag2);
                        }
                        if (reader.pos !== end2)
                            throw $RangeError("index out of range");
                        reader.len = end;
                        if (key === "__proto__")
                            $util.makeProp(message.detail, key);
                        message.detail[key] = value;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.remedy = value;
                        else
                            delete message.remedy;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return FaultReport;
    })();

    leeward.BranchPosition = (function() {

        const BranchPosition = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        BranchPosition.prototype.branch = "";
        BranchPosition.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        BranchPosition.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(10).string(message.branch);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(16).uint64(message.sequence);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        BranchPosition.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.BranchPosition();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return BranchPosition;
    })();

    leeward.DiskOffer = (function() {

        const DiskOffer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DiskOffer.prototype.machineId = "";
        DiskOffer.prototype.diskId = "";
        DiskOffer.prototype.branch = "";
        DiskOffer.prototype.parent = null;
        DiskOffer.prototype.sizeBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskOffer.prototype.blockBytes = 0;
        DiskOffer.prototype.physicalBlockBytes = 0;
        DiskOffer.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskOffer.prototype.term = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskOffer.prototype.heldFrom = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        DiskOffer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(18).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(26).string(message.branch);
            if (message.parent != null && $Object.hasOwnProperty.call(message, "parent"))
                $root.leeward.BranchPosition.encode(message.parent, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes") && (typeof message.sizeBytes === "object" ? message.sizeBytes.low || message.sizeBytes.high : message.sizeBytes !== 0))
                writer.uint32(40).uint64(message.sizeBytes);
            if (message.blockBytes != null && $Object.hasOwnProperty.call(message, "blockBytes") && message.blockBytes !== 0)
                writer.uint32(48).uint32(message.blockBytes);
            if (message.physicalBlockBytes != null && $Object.hasOwnProperty.call(message, "physicalBlockBytes") && message.physicalBlockBytes !== 0)
                writer.uint32(56).uint32(message.physicalBlockBytes);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(64).uint64(message.epoch);
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                writer.uint32(72).uint64(message.term);
            if (message.heldFrom != null && $Object.hasOwnProperty.call(message, "heldFrom") && (typeof message.heldFrom === "object" ? message.heldFrom.low || message.heldFrom.high : message.heldFrom !== 0))
                writer.uint32(80).uint64(message.heldFrom);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DiskOffer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.DiskOffer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.parent = $root.leeward.BranchPosition.decode(reader, reader.size(), $undefined, _depth + 1, message.parent);
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sizeBytes = value;
                        else
                            delete message.sizeBytes;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.blockBytes = value;
                        else
                            delete message.blockBytes;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.physicalBlockBytes = value;
                        else
                            delete message.physicalBlockBytes;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.heldFrom = value;
                        else
                            delete message.heldFrom;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return DiskOffer;
    })();

    leeward.DiskPosition = (function() {

        const DiskPosition = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DiskPosition.prototype.diskId = "";
        DiskPosition.prototype.branch = "";
        DiskPosition.prototype.cachedSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskPosition.prototype.journaledSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskPosition.prototype.refused = null;

        DiskPosition.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.cachedSequence != null && $Object.hasOwnProperty.call(message, "cachedSequence") && (typeof message.cachedSequence === "object" ? message.cachedSequence.low || message.cachedSequence.high : message.cachedSequence !== 0))
                writer.uint32(24).uint64(message.cachedSequence);
            if (message.journaledSequence != null && $Object.hasOwnProperty.call(message, "journaledSequence") && (typeof message.journaledSequence === "object" ? message.journaledSequence.low || message.journaledSequence.high : message.journaledSequence !== 0))
                writer.uint32(32).uint64(message.journaledSequence);
            if (message.refused != null && $Object.hasOwnProperty.call(message, "refused"))
                $root.leeward.FaultReport.encode(message.refused, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DiskPosition.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.DiskPosition();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cachedSequence = value;
                        else
                            delete message.cachedSequence;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.journaledSequence = value;
                        else
                            delete message.journaledSequence;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.refused = $root.leeward.FaultReport.decode(reader, reader.size(), $undefined, _depth + 1, message.refused);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return DiskPosition;
    })();

    leeward.Records = (function() {

        const Records = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Records.prototype.diskId = "";
        Records.prototype.branch = "";
        Records.prototype.from = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Records.prototype.to = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Records.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        Records.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.from != null && $Object.hasOwnProperty.call(message, "from") && (typeof message.from === "object" ? message.from.low || message.from.high : message.from !== 0))
                writer.uint32(24).uint64(message.from);
            if (message.to != null && $Object.hasOwnProperty.call(message, "to") && (typeof message.to === "object" ? message.to.low || message.to.high : message.to !== 0))
                writer.uint32(32).uint64(message.to);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(40).uint64(message.epoch);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Records.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Records();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.from = value;
                        else
                            delete message.from;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.to = value;
                        else
                            delete message.to;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Records;
    })();

    leeward.SegmentPart = (function() {

        const SegmentPart = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SegmentPart.prototype.diskId = "";
        SegmentPart.prototype.branch = "";
        SegmentPart.prototype.from = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        SegmentPart.prototype.to = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        SegmentPart.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        SegmentPart.prototype.term = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        SegmentPart.prototype.position = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        SegmentPart.prototype.totalBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        SegmentPart.prototype.sha256 = $util.newBuffer([]);

        SegmentPart.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.from != null && $Object.hasOwnProperty.call(message, "from") && (typeof message.from === "object" ? message.from.low || message.from.high : message.from !== 0))
                writer.uint32(24).uint64(message.from);
            if (message.to != null && $Object.hasOwnProperty.call(message, "to") && (typeof message.to === "object" ? message.to.low || message.to.high : message.to !== 0))
                writer.uint32(32).uint64(message.to);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(40).uint64(message.epoch);
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                writer.uint32(48).uint64(message.term);
            if (message.position != null && $Object.hasOwnProperty.call(message, "position") && (typeof message.position === "object" ? message.position.low || message.position.high : message.position !== 0))
                writer.uint32(56).uint64(message.position);
            if (message.totalBytes != null && $Object.hasOwnProperty.call(message, "totalBytes") && (typeof message.totalBytes === "object" ? message.totalBytes.low || message.totalBytes.high : message.totalBytes !== 0))
                writer.uint32(64).uint64(message.totalBytes);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256.length)
                writer.uint32(74).bytes(message.sha256);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        SegmentPart.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.SegmentPart();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.from = value;
                        else
                            delete message.from;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.to = value;
                        else
                            delete message.to;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.position = value;
                        else
                            delete message.position;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.totalBytes = value;
                        else
                            delete message.totalBytes;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return SegmentPart;
    })();

    leeward.PointMember = (function() {

        const PointMember = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PointMember.prototype.diskId = "";
        PointMember.prototype.branch = "";
        PointMember.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        PointMember.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(24).uint64(message.sequence);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PointMember.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PointMember();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PointMember;
    })();

    leeward.PointRecord = (function() {

        const PointRecord = function (properties) {
            this.members = [];
            this.missingDiskIds = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PointRecord.prototype.id = "";
        PointRecord.prototype.machineId = "";
        PointRecord.prototype.number = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointRecord.prototype.timeMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointRecord.prototype.validUntilMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointRecord.prototype.kind = "";
        PointRecord.prototype.consistency = "";
        PointRecord.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointRecord.prototype.members = $util.emptyArray;
        PointRecord.prototype.missingDiskIds = $util.emptyArray;

        PointRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                writer.uint32(10).string(message.id);
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(18).string(message.machineId);
            if (message.number != null && $Object.hasOwnProperty.call(message, "number") && (typeof message.number === "object" ? message.number.low || message.number.high : message.number !== 0))
                writer.uint32(24).uint64(message.number);
            if (message.timeMicros != null && $Object.hasOwnProperty.call(message, "timeMicros") && (typeof message.timeMicros === "object" ? message.timeMicros.low || message.timeMicros.high : message.timeMicros !== 0))
                writer.uint32(32).uint64(message.timeMicros);
            if (message.validUntilMicros != null && $Object.hasOwnProperty.call(message, "validUntilMicros") && (typeof message.validUntilMicros === "object" ? message.validUntilMicros.low || message.validUntilMicros.high : message.validUntilMicros !== 0))
                writer.uint32(40).uint64(message.validUntilMicros);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(50).string(message.kind);
            if (message.consistency != null && $Object.hasOwnProperty.call(message, "consistency") && message.consistency !== "")
                writer.uint32(58).string(message.consistency);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(64).uint64(message.epoch);
            if (message.members != null && message.members.length)
                for (let i = 0; i < message.members.length; ++i)
                    $root.leeward.PointMember.encode(message.members[i], writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.missingDiskIds != null && message.missingDiskIds.length)
                for (let i = 0; i < message.missingDiskIds.length; ++i)
                    writer.uint32(82).string(message.missingDiskIds[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PointRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PointRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.number = value;
                        else
                            delete message.number;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.timeMicros = value;
                        else
                            delete message.timeMicros;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.validUntilMicros = value;
                        else
                            delete message.validUntilMicros;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.consistency = value;
                        else
                            delete message.consistency;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.members && message.members.length))
                            message.members = [];
                        message.members.push($root.leeward.PointMember.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if (!(message.missingDiskIds && message.missingDiskIds.length))
                            message.missingDiskIds = [];
                        message.missingDiskIds.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PointRecord;
    })();

    leeward.PointStored = (function() {

        const PointStored = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PointStored.prototype.machineId = "";
        PointStored.prototype.number = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointStored.prototype.validUntilMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointStored.prototype.refused = null;

        PointStored.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.number != null && $Object.hasOwnProperty.call(message, "number") && (typeof message.number === "object" ? message.number.low || message.number.high : message.number !== 0))
                writer.uint32(16).uint64(message.number);
            if (message.validUntilMicros != null && $Object.hasOwnProperty.call(message, "validUntilMicros") && (typeof message.validUntilMicros === "object" ? message.validUntilMicros.low || message.validUntilMicros.high : message.validUntilMicros !== 0))
                writer.uint32(24).uint64(message.validUntilMicros);
            if (message.refused != null && $Object.hasOwnProperty.call(message, "refused"))
                $root.leeward.FaultReport.encode(message.refused, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PointStored.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PointStored();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.number = value;
                        else
                            delete message.number;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.validUntilMicros = value;
                        else
                            delete message.validUntilMicros;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.refused = $root.leeward.FaultReport.decode(reader, reader.size(), $undefined, _depth + 1, message.refused);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PointStored;
    })();

    leeward.GroupAsk = (function() {

        const GroupAsk = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        GroupAsk.prototype.pointId = "";
        GroupAsk.prototype.step = "";
        GroupAsk.prototype.revisionId = "";
        GroupAsk.prototype.consistency = "";

        GroupAsk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(10).string(message.pointId);
            if (message.step != null && $Object.hasOwnProperty.call(message, "step") && message.step !== "")
                writer.uint32(18).string(message.step);
            if (message.revisionId != null && $Object.hasOwnProperty.call(message, "revisionId") && message.revisionId !== "")
                writer.uint32(26).string(message.revisionId);
            if (message.consistency != null && $Object.hasOwnProperty.call(message, "consistency") && message.consistency !== "")
                writer.uint32(34).string(message.consistency);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        GroupAsk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.GroupAsk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.step = value;
                        else
                            delete message.step;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.revisionId = value;
                        else
                            delete message.revisionId;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.consistency = value;
                        else
                            delete message.consistency;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return GroupAsk;
    })();

    leeward.GroupAnswer = (function() {

        const GroupAnswer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        GroupAnswer.prototype.pointId = "";
        GroupAnswer.prototype.step = "";
        GroupAnswer.prototype.outcome = "";
        GroupAnswer.prototype.freezeMs = 0;

        GroupAnswer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(10).string(message.pointId);
            if (message.step != null && $Object.hasOwnProperty.call(message, "step") && message.step !== "")
                writer.uint32(18).string(message.step);
            if (message.outcome != null && $Object.hasOwnProperty.call(message, "outcome") && message.outcome !== "")
                writer.uint32(26).string(message.outcome);
            if (message.freezeMs != null && $Object.hasOwnProperty.call(message, "freezeMs") && message.freezeMs !== 0)
                writer.uint32(32).uint32(message.freezeMs);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        GroupAnswer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.GroupAnswer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.step = value;
                        else
                            delete message.step;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.outcome = value;
                        else
                            delete message.outcome;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.freezeMs = value;
                        else
                            delete message.freezeMs;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return GroupAnswer;
    })();

    leeward.ControlRequest = (function() {

        const ControlRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ControlRequest.prototype.id = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ControlRequest.prototype.body = null;

        ControlRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && (typeof message.id === "object" ? message.id.low || message.id.high : message.id !== 0))
                writer.uint32(8).uint64(message.id);
            if (message.body != null && $Object.hasOwnProperty.call(message, "body"))
                $root.leeward.RequestBody.encode(message.body, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ControlRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ControlRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.body = $root.leeward.RequestBody.decode(reader, reader.size(), $undefined, _depth + 1, message.body);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ControlRequest;
    })();

    leeward.ControlResponse = (function() {

        const ControlResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ControlResponse.prototype.id = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ControlResponse.prototype.fault = null;
        ControlResponse.prototype.body = null;

        ControlResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && (typeof message.id === "object" ? message.id.low || message.id.high : message.id !== 0))
                writer.uint32(8).uint64(message.id);
            if (message.fault != null && $Object.hasOwnProperty.call(message, "fault"))
                $root.leeward.FaultReport.encode(message.fault, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.body != null && $Object.hasOwnProperty.call(message, "body"))
                $root.leeward.ResponseBody.encode(message.body, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ControlResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ControlResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.fault = $root.leeward.FaultReport.decode(reader, reader.size(), $undefined, _depth + 1, message.fault);
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.body = $root.leeward.ResponseBody.decode(reader, reader.size(), $undefined, _depth + 1, message.body);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ControlResponse;
    })();

    leeward.ControlNotice = (function() {

        const ControlNotice = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ControlNotice.prototype.body = null;

        ControlNotice.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.body != null && $Object.hasOwnProperty.call(message, "body"))
                $root.leeward.NoticeBody.encode(message.body, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ControlNotice.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ControlNotice();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.body = $root.leeward.NoticeBody.decode(reader, reader.size(), $undefined, _depth + 1, message.body);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ControlNotice;
    })();

    leeward.CacheHead = (function() {

        const CacheHead = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CacheHead.prototype.course = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        CacheHead.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.course != null && $Object.hasOwnProperty.call(message, "course") && (typeof message.course === "object" ? message.course.low || message.course.high : message.course !== 0))
                writer.uint32(8).uint64(message.course);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CacheHead.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CacheHead();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.course = value;
                        else
                            delete message.course;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CacheHead;
    })();

    leeward.CacheWord = (function() {

        const CacheWord = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CacheWord.prototype.course = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CacheWord.prototype.collected = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CacheWord.prototype.doneCourse = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CacheWord.prototype.done = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CacheWord.prototype.fault = null;

        CacheWord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.course != null && $Object.hasOwnProperty.call(message, "course") && (typeof message.course === "object" ? message.course.low || message.course.high : message.course !== 0))
                writer.uint32(8).uint64(message.course);
            if (message.collected != null && $Object.hasOwnProperty.call(message, "collected") && (typeof message.collected === "object" ? message.collected.low || message.collected.high : message.collected !== 0))
                writer.uint32(16).uint64(message.collected);
            if (message.doneCourse != null && $Object.hasOwnProperty.call(message, "doneCourse") && (typeof message.doneCourse === "object" ? message.doneCourse.low || message.doneCourse.high : message.doneCourse !== 0))
                writer.uint32(24).uint64(message.doneCourse);
            if (message.done != null && $Object.hasOwnProperty.call(message, "done") && (typeof message.done === "object" ? message.done.low || message.done.high : message.done !== 0))
                writer.uint32(32).uint64(message.done);
            if (message.fault != null && $Object.hasOwnProperty.call(message, "fault"))
                $root.leeward.FaultReport.encode(message.fault, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CacheWord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CacheWord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.course = value;
                        else
                            delete message.course;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.collected = value;
                        else
                            delete message.collected;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.doneCourse = value;
                        else
                            delete message.doneCourse;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.done = value;
                        else
                            delete message.done;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.fault = $root.leeward.FaultReport.decode(reader, reader.size(), $undefined, _depth + 1, message.fault);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CacheWord;
    })();

    leeward.NoticeBody = (function() {

        const NoticeBody = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        NoticeBody.prototype.agentPlan = null;
        NoticeBody.prototype.agentStatus = null;
        NoticeBody.prototype.processServerPlan = null;
        NoticeBody.prototype.processServerStatus = null;
        NoticeBody.prototype.masterTargetPlan = null;
        NoticeBody.prototype.masterTargetStatus = null;
        NoticeBody.prototype.event = null;
        NoticeBody.prototype.trustList = null;

        let $oneOfFields;

        $Object.defineProperty(NoticeBody.prototype, "kind", {
            get: $util.oneOfGetter($oneOfFields = ["agentPlan", "agentStatus", "processServerPlan", "processServerStatus", "masterTargetPlan", "masterTargetStatus", "event", "trustList"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        NoticeBody.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.agentPlan != null && $Object.hasOwnProperty.call(message, "agentPlan"))
                $root.leeward.AgentPlan.encode(message.agentPlan, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.agentStatus != null && $Object.hasOwnProperty.call(message, "agentStatus"))
                $root.leeward.AgentStatus.encode(message.agentStatus, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.processServerPlan != null && $Object.hasOwnProperty.call(message, "processServerPlan"))
                $root.leeward.ProcessServerPlan.encode(message.processServerPlan, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.processServerStatus != null && $Object.hasOwnProperty.call(message, "processServerStatus"))
                $root.leeward.ProcessServerStatus.encode(message.processServerStatus, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.masterTargetPlan != null && $Object.hasOwnProperty.call(message, "masterTargetPlan"))
                $root.leeward.MasterTargetPlan.encode(message.masterTargetPlan, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.masterTargetStatus != null && $Object.hasOwnProperty.call(message, "masterTargetStatus"))
                $root.leeward.MasterTargetStatus.encode(message.masterTargetStatus, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.event != null && $Object.hasOwnProperty.call(message, "event"))
                $root.leeward.EventReport.encode(message.event, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.trustList != null && $Object.hasOwnProperty.call(message, "trustList"))
                $root.leeward.TrustList.encode(message.trustList, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        NoticeBody.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.NoticeBody();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.agentPlan = $root.leeward.AgentPlan.decode(reader, reader.size(), $undefined, _depth + 1, message.agentPlan);
                        message.kind = "agentPlan";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.agentStatus = $root.leeward.AgentStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.agentStatus);
                        message.kind = "agentStatus";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.processServerPlan = $root.leeward.ProcessServerPlan.decode(reader, reader.size(), $undefined, _depth + 1, message.processServerPlan);
                        message.kind = "processServerPlan";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.processServerStatus = $root.leeward.ProcessServerStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.processServerStatus);
                        message.kind = "processServerStatus";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.masterTargetPlan = $root.leeward.MasterTargetPlan.decode(reader, reader.size(), $undefined, _depth + 1, message.masterTargetPlan);
                        message.kind = "masterTargetPlan";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.masterTargetStatus = $root.leeward.MasterTargetStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.masterTargetStatus);
                        message.kind = "masterTargetStatus";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.event = $root.leeward.EventReport.decode(reader, reader.size(), $undefined, _depth + 1, message.event);
                        message.kind = "event";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.trustList = $root.leeward.TrustList.decode(reader, reader.size(), $undefined, _depth + 1, message.trustList);
                        message.kind = "trustList";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return NoticeBody;
    })();

    leeward.RequestBody = (function() {

        const RequestBody = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RequestBody.prototype.listCandidates = null;
        RequestBody.prototype.createPoint = null;
        RequestBody.prototype.listPoints = null;
        RequestBody.prototype.openPoint = null;
        RequestBody.prototype.closePoint = null;
        RequestBody.prototype.listOpened = null;
        RequestBody.prototype.savePoint = null;
        RequestBody.prototype.deleteHistory = null;
        RequestBody.prototype.renewCertificate = null;
        RequestBody.prototype.cancelSave = null;
        RequestBody.prototype.replicaDigests = null;
        RequestBody.prototype.compareDigests = null;
        RequestBody.prototype.recopyExtents = null;
        RequestBody.prototype.resyncDisk = null;
        RequestBody.prototype.createGroupPoint = null;
        RequestBody.prototype.awaitPoint = null;
        RequestBody.prototype.lockPoint = null;
        RequestBody.prototype.unlockPoint = null;
        RequestBody.prototype.findPoint = null;
        RequestBody.prototype.startReplica = null;
        RequestBody.prototype.removeReplica = null;
        RequestBody.prototype.readConsole = null;
        RequestBody.prototype.raiseEpoch = null;
        RequestBody.prototype.haltReplica = null;
        RequestBody.prototype.absorbReplica = null;
        RequestBody.prototype.replicaChanges = null;
        RequestBody.prototype.replicaRead = null;
        RequestBody.prototype.lookAtDevice = null;
        RequestBody.prototype.checkReplica = null;
        RequestBody.prototype.replicaScreen = null;
        RequestBody.prototype.pointDigest = null;
        RequestBody.prototype.releasePoint = null;
        RequestBody.prototype.runInReplica = null;
        RequestBody.prototype.pushAgent = null;
        RequestBody.prototype.takeTrust = null;
        RequestBody.prototype.upgradeAgent = null;
        RequestBody.prototype.readRelease = null;
        RequestBody.prototype.listReleases = null;
        RequestBody.prototype.wrapKey = null;
        RequestBody.prototype.copyDisk = null;
        RequestBody.prototype.loadSeed = null;
        RequestBody.prototype.listHistory = null;
        RequestBody.prototype.listMoments = null;

        let $oneOfFields;

        $Object.defineProperty(RequestBody.prototype, "kind", {
            get: $util.oneOfGetter($oneOfFields = ["listCandidates", "createPoint", "listPoints", "openPoint", "closePoint", "listOpened", "savePoint", "deleteHistory", "renewCertificate", "cancelSave", "replicaDigests", "compareDigests", "recopyExtents", "resyncDisk", "createGroupPoint", "awaitPoint", "lockPoint", "unlockPoint", "findPoint", "startReplica", "removeReplica", "readConsole", "raiseEpoch", "haltReplica", "absorbReplica", "replicaChanges", "replicaRead", "lookAtDevice", "checkReplica", "replicaScreen", "pointDigest", "releasePoint", "runInReplica", "pushAgent", "takeTrust", "upgradeAgent", "readRelease", "listReleases", "wrapKey", "copyDisk", "loadSeed", "listHistory", "listMoments"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        RequestBody.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.listCandidates != null && $Object.hasOwnProperty.call(message, "listCandidates"))
                $root.leeward.ListCandidates.encode(message.listCandidates, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.createPoint != null && $Object.hasOwnProperty.call(message, "createPoint"))
                $root.leeward.CreatePoint.encode(message.createPoint, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.listPoints != null && $Object.hasOwnProperty.call(message, "listPoints"))
                $root.leeward.ListPoints.encode(message.listPoints, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.openPoint != null && $Object.hasOwnProperty.call(message, "openPoint"))
                $root.leeward.OpenPoint.encode(message.openPoint, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.closePoint != null && $Object.hasOwnProperty.call(message, "closePoint"))
                $root.leeward.ClosePoint.encode(message.closePoint, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.listOpened != null && $Object.hasOwnProperty.call(message, "listOpened"))
                $root.leeward.ListOpened.encode(message.listOpened, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.savePoint != null && $Object.hasOwnProperty.call(message, "savePoint"))
                $root.leeward.SavePoint.encode(message.savePoint, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.deleteHistory != null && $Object.hasOwnProperty.call(message, "deleteHistory"))
                $root.leeward.DeleteHistory.encode(message.deleteHistory, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.renewCertificate != null && $Object.hasOwnProperty.call(message, "renewCertificate"))
                $root.leeward.RenewCertificate.encode(message.renewCertificate, writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.cancelSave != null && $Object.hasOwnProperty.call(message, "cancelSave"))
                $root.leeward.CancelSave.encode(message.cancelSave, writer.uint32(82).fork(), _depth + 1).ldelim();
            if (message.createGroupPoint != null && $Object.hasOwnProperty.call(message, "createGroupPoint"))
                $root.leeward.CreateGroupPoint.encode(message.createGroupPoint, writer.uint32(90).fork(), _depth + 1).ldelim();
            if (message.awaitPoint != null && $Object.hasOwnProperty.call(message, "awaitPoint"))
                $root.leeward.AwaitPoint.encode(message.awaitPoint, writer.uint32(98).fork(), _depth + 1).ldelim();
            if (message.replicaDigests != null && $Object.hasOwnProperty.call(message, "replicaDigests"))
                $root.leeward.ReplicaDigests.encode(message.replicaDigests, writer.uint32(242).fork(), _depth + 1).ldelim();
            if (message.compareDigests != null && $Object.hasOwnProperty.call(message, "compareDigests"))
                $root.leeward.CompareDigests.encode(message.compareDigests, writer.uint32(250).fork(), _depth + 1).ldelim();
            if (message.recopyExtents != null && $Object.hasOwnProperty.call(message, "recopyExtents"))
                $root.leeward.RecopyExtents.encode(message.recopyExtents, writer.uint32(258).fork(), _depth + 1).ldelim();
            if (message.resyncDisk != null && $Object.hasOwnProperty.call(message, "resyncDisk"))
                $root.leeward.ResyncDisk.encode(message.resyncDisk, writer.uint32(266).fork(), _depth + 1).ldelim();
            if (message.lockPoint != null && $Object.hasOwnProperty.call(message, "lockPoint"))
                $root.leeward.LockPoint.encode(message.lockPoint, writer.uint32(322).fork(), _depth + 1).ldelim();
            if (message.unlockPoint != null && $Object.hasOwnProperty.call(message, "unlockPoint"))
                $root.leeward.UnlockPoint.encode(message.unlockPoint, writer.uint32(330).fork(), _depth + 1).ldelim();
            if (message.findPoint != null && $Object.hasOwnProperty.call(message, "findPoint"))
                $root.leeward.FindPoint.encode(message.findPoint, writer.uint32(482).fork(), _depth + 1).ldelim();
            if (message.startReplica != null && $Object.hasOwnProperty.call(message, "startReplica"))
                $root.leeward.StartReplica.encode(message.startReplica, writer.uint32(490).fork(), _depth + 1).ldelim();
            if (message.removeReplica != null && $Object.hasOwnProperty.call(message, "removeReplica"))
                $root.leeward.RemoveReplica.encode(message.removeReplica, writer.uint32(498).fork(), _depth + 1).ldelim();
            if (message.readConsole != null && $Object.hasOwnProperty.call(message, "readConsole"))
                $root.leeward.ReadConsole.encode(message.readConsole, writer.uint32(506).fork(), _depth + 1).ldelim();
            if (message.raiseEpoch != null && $Object.hasOwnProperty.call(message, "raiseEpoch"))
                $root.leeward.RaiseEpoch.encode(message.raiseEpoch, writer.uint32(562).fork(), _depth + 1).ldelim();
            if (message.haltReplica != null && $Object.hasOwnProperty.call(message, "haltReplica"))
                $root.leeward.HaltReplica.encode(message.haltReplica, writer.uint32(570).fork(), _depth + 1).ldelim();
            if (message.absorbReplica != null && $Object.hasOwnProperty.call(message, "absorbReplica"))
                $root.leeward.AbsorbReplica.encode(message.absorbReplica, writer.uint32(578).fork(), _depth + 1).ldelim();
            if (message.replicaChanges != null && $Object.hasOwnProperty.call(message, "replicaChanges"))
                $root.leeward.ReplicaChanges.encode(message.replicaChanges, writer.uint32(586).fork(), _depth + 1).ldelim();
            if (message.replicaRead != null && $Object.hasOwnProperty.call(message, "replicaRead"))
                $root.leeward.ReplicaRead.encode(message.replicaRead, writer.uint32(594).fork(), _depth + 1).ldelim();
            if (message.lookAtDevice != null && $Object.hasOwnProperty.call(message, "lookAtDevice"))
                $root.leeward.LookAtDevice.encode(message.lookAtDevice, writer.uint32(602).fork(), _depth + 1).ldelim();
            if (message.checkReplica != null && $Object.hasOwnProperty.call(message, "checkReplica"))
                $root.leeward.CheckReplica.encode(message.checkReplica, writer.uint32(642).fork(), _depth + 1).ldelim();
            if (message.replicaScreen != null && $Object.hasOwnProperty.call(message, "replicaScreen"))
                $root.leeward.ReplicaScreen.encode(message.replicaScreen, writer.uint32(650).fork(), _depth + 1).ldelim();
            if (message.pointDigest != null && $Object.hasOwnProperty.call(message, "pointDigest"))
                $root.leeward.PointDigest.encode(message.pointDigest, writer.uint32(658).fork(), _depth + 1).ldelim();
            if (message.releasePoint != null && $Object.hasOwnProperty.call(message, "releasePoint"))
                $root.leeward.ReleasePoint.encode(message.releasePoint, writer.uint32(666).fork(), _depth + 1).ldelim();
            if (message.runInReplica != null && $Object.hasOwnProperty.call(message, "runInReplica"))
                $root.leeward.RunInReplica.encode(message.runInReplica, writer.uint32(722).fork(), _depth + 1).ldelim();
            if (message.takeTrust != null && $Object.hasOwnProperty.call(message, "takeTrust"))
                $root.leeward.TakeTrust.encode(message.takeTrust, writer.uint32(802).fork(), _depth + 1).ldelim();
            if (message.pushAgent != null && $Object.hasOwnProperty.call(message, "pushAgent"))
                $root.leeward.PushAgent.encode(message.pushAgent, writer.uint32(882).fork(), _depth + 1).ldelim();
            if (message.upgradeAgent != null && $Object.hasOwnProperty.call(message, "upgradeAgent"))
                $root.leeward.UpgradeAgent.encode(message.upgradeAgent, writer.uint32(962).fork(), _depth + 1).ldelim();
            if (message.readRelease != null && $Object.hasOwnProperty.call(message, "readRelease"))
                $root.leeward.ReadRelease.encode(message.readRelease, writer.uint32(970).fork(), _depth + 1).ldelim();
            if (message.listReleases != null && $Object.hasOwnProperty.call(message, "listReleases"))
                $root.leeward.ListReleases.encode(message.listReleases, writer.uint32(978).fork(), _depth + 1).ldelim();
            if (message.wrapKey != null && $Object.hasOwnProperty.call(message, "wrapKey"))
                $root.leeward.WrapKey.encode(message.wrapKey, writer.uint32(1042).fork(), _depth + 1).ldelim();
            if (message.copyDisk != null && $Object.hasOwnProperty.call(message, "copyDisk"))
                $root.leeward.CopyDisk.encode(message.copyDisk, writer.uint32(1050).fork(), _depth + 1).ldelim();
            if (message.loadSeed != null && $Object.hasOwnProperty.call(message, "loadSeed"))
                $root.leeward.LoadSeed.encode(message.loadSeed, writer.uint32(1058).fork(), _depth + 1).ldelim();
            if (message.listHistory != null && $Object.hasOwnProperty.call(message, "listHistory"))
                $root.leeward.ListHistory.encode(message.listHistory, writer.uint32(1122).fork(), _depth + 1).ldelim();
            if (message.listMoments != null && $Object.hasOwnProperty.call(message, "listMoments"))
                $root.leeward.ListMoments.encode(message.listMoments, writer.uint32(1130).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RequestBody.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.RequestBody();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.listCandidates = $root.leeward.ListCandidates.decode(reader, reader.size(), $undefined, _depth + 1, message.listCandidates);
                        message.kind = "listCandidates";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.createPoint = $root.leeward.CreatePoint.decode(reader, reader.size(), $undefined, _depth + 1, message.createPoint);
                        message.kind = "createPoint";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.listPoints = $root.leeward.ListPoints.decode(reader, reader.size(), $undefined, _depth + 1, message.listPoints);
                        message.kind = "listPoints";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.openPoint = $root.leeward.OpenPoint.decode(reader, reader.size(), $undefined, _depth + 1, message.openPoint);
                        message.kind = "openPoint";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.closePoint = $root.leeward.ClosePoint.decode(reader, reader.size(), $undefined, _depth + 1, message.closePoint);
                        message.kind = "closePoint";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.listOpened = $root.leeward.ListOpened.decode(reader, reader.size(), $undefined, _depth + 1, message.listOpened);
                        message.kind = "listOpened";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.savePoint = $root.leeward.SavePoint.decode(reader, reader.size(), $undefined, _depth + 1, message.savePoint);
                        message.kind = "savePoint";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.deleteHistory = $root.leeward.DeleteHistory.decode(reader, reader.size(), $undefined, _depth + 1, message.deleteHistory);
                        message.kind = "deleteHistory";
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.renewCertificate = $root.leeward.RenewCertificate.decode(reader, reader.size(), $undefined, _depth + 1, message.renewCertificate);
                        message.kind = "renewCertificate";
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        message.cancelSave = $root.leeward.CancelSave.decode(reader, reader.size(), $undefined, _depth + 1, message.cancelSave);
                        message.kind = "cancelSave";
                        continue;
                    }
                case 30: {
                        if (wireType !== 2)
                            break;
                        message.replicaDigests = $root.leeward.ReplicaDigests.decode(reader, reader.size(), $undefined, _depth + 1, message.replicaDigests);
                        message.kind = "replicaDigests";
                        continue;
                    }
                case 31: {
                        if (wireType !== 2)
                            break;
                        message.compareDigests = $root.leeward.CompareDigests.decode(reader, reader.size(), $undefined, _depth + 1, message.compareDigests);
                        message.kind = "compareDigests";
                        continue;
                    }
                case 32: {
                        if (wireType !== 2)
                            break;
                        message.recopyExtents = $root.leeward.RecopyExtents.decode(reader, reader.size(), $undefined, _depth + 1, message.recopyExtents);
                        message.kind = "recopyExtents";
                        continue;
                    }
                case 33: {
                        if (wireType !== 2)
                            break;
                        message.resyncDisk = $root.leeward.ResyncDisk.decode(reader, reader.size(), $undefined, _depth + 1, message.resyncDisk);
                        message.kind = "resyncDisk";
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        message.createGroupPoint = $root.leeward.CreateGroupPoint.decode(reader, reader.size(), $undefined, _depth + 1, message.createGroupPoint);
                        message.kind = "createGroupPoint";
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        message.awaitPoint = $root.leeward.AwaitPoint.decode(reader, reader.size(), $undefined, _depth + 1, message.awaitPoint);
                        message.kind = "awaitPoint";
                        continue;
                    }
                case 40: {
                        if (wireType !== 2)
                            break;
                        message.lockPoint = $root.leeward.LockPoint.decode(reader, reader.size(), $undefined, _depth + 1, message.lockPoint);
                        message.kind = "lockPoint";
                        continue;
                    }
                case 41: {
                        if (wireType !== 2)
                            break;
                        message.unlockPoint = $root.leeward.UnlockPoint.decode(reader, reader.size(), $undefined, _depth + 1, message.unlockPoint);
                        message.kind = "unlockPoint";
                        continue;
                    }
                case 60: {
                        if (wireType !== 2)
                            break;
                        message.findPoint = $root.leeward.FindPoint.decode(reader, reader.size(), $undefined, _depth + 1, message.findPoint);
                        message.kind = "findPoint";
                        continue;
                    }
                case 61: {
                        if (wireType !== 2)
                            break;
                        message.startReplica = $root.leeward.StartReplica.decode(reader, reader.size(), $undefined, _depth + 1, message.startReplica);
                        message.kind = "startReplica";
                        continue;
                    }
                case 62: {
                        if (wireType !== 2)
                            break;
                        message.removeReplica = $root.leeward.RemoveReplica.decode(reader, reader.size(), $undefined, _depth + 1, message.removeReplica);
                        message.kind = "removeReplica";
                        continue;
                    }
                case 63: {
                        if (wireType !== 2)
                            break;
                        message.readConsole = $root.leeward.ReadConsole.decode(reader, reader.size(), $undefined, _depth + 1, message.readConsole);
                        message.kind = "readConsole";
                        continue;
                    }
                case 70: {
                        if (wireType !== 2)
                            break;
                        message.raiseEpoch = $root.leeward.RaiseEpoch.decode(reader, reader.size(), $undefined, _depth + 1, message.raiseEpoch);
                        message.kind = "raiseEpoch";
                        continue;
                    }
                case 71: {
                        if (wireType !== 2)
                            break;
                        message.haltReplica = $root.leeward.HaltReplica.decode(reader, reader.size(), $undefined, _depth + 1, message.haltReplica);
                        message.kind = "haltReplica";
                        continue;
                    }
                case 72: {
                        if (wireType !== 2)
                            break;
                        message.absorbReplica = $root.leeward.AbsorbReplica.decode(reader, reader.size(), $undefined, _depth + 1, message.absorbReplica);
                        message.kind = "absorbReplica";
                        continue;
                    }
                case 73: {
                        if (wireType !== 2)
                            break;
                        message.replicaChanges = $root.leeward.ReplicaChanges.decode(reader, reader.size(), $undefined, _depth + 1, message.replicaChanges);
                        message.kind = "replicaChanges";
                        continue;
                    }
                case 74: {
                        if (wireType !== 2)
                            break;
                        message.replicaRead = $root.leeward.ReplicaRead.decode(reader, reader.size(), $undefined, _depth + 1, message.replicaRead);
                        message.kind = "replicaRead";
                        continue;
                    }
                case 75: {
                        if (wireType !== 2)
                            break;
                        message.lookAtDevice = $root.leeward.LookAtDevice.decode(reader, reader.size(), $undefined, _depth + 1, message.lookAtDevice);
                        message.kind = "lookAtDevice";
                        continue;
                    }
                case 80: {
                        if (wireType !== 2)
                            break;
                        message.checkReplica = $root.leeward.CheckReplica.decode(reader, reader.size(), $undefined, _depth + 1, message.checkReplica);
                        message.kind = "checkReplica";
                        continue;
                    }
                case 81: {
                        if (wireType !== 2)
                            break;
                        message.replicaScreen = $root.leeward.ReplicaScreen.decode(reader, reader.size(), $undefined, _depth + 1, message.replicaScreen);
                        message.kind = "replicaScreen";
                        continue;
                    }
                case 82: {
                        if (wireType !== 2)
                            break;
                        message.pointDigest = $root.leeward.PointDigest.decode(reader, reader.size(), $undefined, _depth + 1, message.pointDigest);
                        message.kind = "pointDigest";
                        continue;
                    }
                case 83: {
                        if (wireType !== 2)
                            break;
                        message.releasePoint = $root.leeward.ReleasePoint.decode(reader, reader.size(), $undefined, _depth + 1, message.releasePoint);
                        message.kind = "releasePoint";
                        continue;
                    }
                case 90: {
                        if (wireType !== 2)
                            break;
                        message.runInReplica = $root.leeward.RunInReplica.decode(reader, reader.size(), $undefined, _depth + 1, message.runInReplica);
                        message.kind = "runInReplica";
                        continue;
                    }
                case 110: {
                        if (wireType !== 2)
                            break;
                        message.pushAgent = $root.leeward.PushAgent.decode(reader, reader.size(), $undefined, _depth + 1, message.pushAgent);
                        message.kind = "pushAgent";
                        continue;
                    }
                case 100: {
                        if (wireType !== 2)
                            break;
                        message.takeTrust = $root.leeward.TakeTrust.decode(reader, reader.size(), $undefined, _depth + 1, message.takeTrust);
                        message.kind = "takeTrust";
                        continue;
                    }
                case 120: {
                        if (wireType !== 2)
                            break;
                        message.upgradeAgent = $root.leeward.UpgradeAgent.decode(reader, reader.size(), $undefined, _depth + 1, message.upgradeAgent);
                        message.kind = "upgradeAgent";
                        continue;
                    }
                case 121: {
                        if (wireType !== 2)
                            break;
                        message.readRelease = $root.leeward.ReadRelease.decode(reader, reader.size(), $undefined, _depth + 1, message.readRelease);
                        message.kind = "readRelease";
                        continue;
                    }
                case 122: {
                        if (wireType !== 2)
                            break;
                        message.listReleases = $root.leeward.ListReleases.decode(reader, reader.size(), $undefined, _depth + 1, message.listReleases);
                        message.kind = "listReleases";
                        continue;
                    }
                case 130: {
                        if (wireType !== 2)
                            break;
                        message.wrapKey = $root.leeward.WrapKey.decode(reader, reader.size(), $undefined, _depth + 1, message.wrapKey);
                        message.kind = "wrapKey";
                        continue;
                    }
                case 131: {
                        if (wireType !== 2)
                            break;
                        message.copyDisk = $root.leeward.CopyDisk.decode(reader, reader.size(), $undefined, _depth + 1, message.copyDisk);
                        message.kind = "copyDisk";
                        continue;
                    }
                case 132: {
                        if (wireType !== 2)
                            break;
                        message.loadSeed = $root.leeward.LoadSeed.decode(reader, reader.size(), $undefined, _depth + 1, message.loadSeed);
                        message.kind = "loadSeed";
                        continue;
                    }
                case 140: {
                        if (wireType !== 2)
                            break;
                        message.listHistory = $root.leeward.ListHistory.decode(reader, reader.size(), $undefined, _depth + 1, message.listHistory);
                        message.kind = "listHistory";
                        continue;
                    }
                case 141: {
                        if (wireType !== 2)
                            break;
                        message.listMoments = $root.leeward.ListMoments.decode(reader, reader.size(), $undefined, _depth + 1, message.listMoments);
                        message.kind = "listMoments";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RequestBody;
    })();

    leeward.ResponseBody = (function() {

        const ResponseBody = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ResponseBody.prototype.candidateList = null;
        ResponseBody.prototype.point = null;
        ResponseBody.prototype.pointList = null;
        ResponseBody.prototype.openedPoint = null;
        ResponseBody.prototype.openedList = null;
        ResponseBody.prototype.savedPoint = null;
        ResponseBody.prototype.done = null;
        ResponseBody.prototype.certificate = null;
        ResponseBody.prototype.blockDigests = null;
        ResponseBody.prototype.comparison = null;
        ResponseBody.prototype.resyncBegun = null;
        ResponseBody.prototype.groupPointMade = null;
        ResponseBody.prototype.replicaStatus = null;
        ResponseBody.prototype.consoleText = null;
        ResponseBody.prototype.replicaHalted = null;
        ResponseBody.prototype.replicaChangeList = null;
        ResponseBody.prototype.replicaContent = null;
        ResponseBody.prototype.deviceLook = null;
        ResponseBody.prototype.replicaChecked = null;
        ResponseBody.prototype.screenPicture = null;
        ResponseBody.prototype.pointDigested = null;
        ResponseBody.prototype.ranInReplica = null;
        ResponseBody.prototype.pushReport = null;
        ResponseBody.prototype.trustTaken = null;
        ResponseBody.prototype.releaseContent = null;
        ResponseBody.prototype.releaseList = null;
        ResponseBody.prototype.wrappedKey = null;
        ResponseBody.prototype.seedLoaded = null;
        ResponseBody.prototype.historyList = null;
        ResponseBody.prototype.momentList = null;

        let $oneOfFields;

        $Object.defineProperty(ResponseBody.prototype, "kind", {
            get: $util.oneOfGetter($oneOfFields = ["candidateList", "point", "pointList", "openedPoint", "openedList", "savedPoint", "done", "certificate", "blockDigests", "comparison", "resyncBegun", "groupPointMade", "replicaStatus", "consoleText", "replicaHalted", "replicaChangeList", "replicaContent", "deviceLook", "replicaChecked", "screenPicture", "pointDigested", "ranInReplica", "pushReport", "trustTaken", "releaseContent", "releaseList", "wrappedKey", "seedLoaded", "historyList", "momentList"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        ResponseBody.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.candidateList != null && $Object.hasOwnProperty.call(message, "candidateList"))
                $root.leeward.CandidateList.encode(message.candidateList, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.point != null && $Object.hasOwnProperty.call(message, "point"))
                $root.leeward.PointItem.encode(message.point, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.pointList != null && $Object.hasOwnProperty.call(message, "pointList"))
                $root.leeward.PointList.encode(message.pointList, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.openedPoint != null && $Object.hasOwnProperty.call(message, "openedPoint"))
                $root.leeward.OpenedPoint.encode(message.openedPoint, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.openedList != null && $Object.hasOwnProperty.call(message, "openedList"))
                $root.leeward.OpenedList.encode(message.openedList, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.savedPoint != null && $Object.hasOwnProperty.call(message, "savedPoint"))
                $root.leeward.SavedPoint.encode(message.savedPoint, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.done != null && $Object.hasOwnProperty.call(message, "done"))
                $root.leeward.Done.encode(message.done, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.certificate != null && $Object.hasOwnProperty.call(message, "certificate"))
                $root.leeward.Certificate.encode(message.certificate, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.groupPointMade != null && $Object.hasOwnProperty.call(message, "groupPointMade"))
                $root.leeward.GroupPointMade.encode(message.groupPointMade, writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.blockDigests != null && $Object.hasOwnProperty.call(message, "blockDigests"))
                $root.leeward.BlockDigests.encode(message.blockDigests, writer.uint32(242).fork(), _depth + 1).ldelim();
            if (message.comparison != null && $Object.hasOwnProperty.call(message, "comparison"))
                $root.leeward.Comparison.encode(message.comparison, writer.uint32(250).fork(), _depth + 1).ldelim();
            if (message.resyncBegun != null && $Object.hasOwnProperty.call(message, "resyncBegun"))
                $root.leeward.ResyncBegun.encode(message.resyncBegun, writer.uint32(258).fork(), _depth + 1).ldelim();
            if (message.replicaStatus != null && $Object.hasOwnProperty.call(message, "replicaStatus"))
                $root.leeward.ReplicaStatus.encode(message.replicaStatus, writer.uint32(482).fork(), _depth + 1).ldelim();
            if (message.consoleText != null && $Object.hasOwnProperty.call(message, "consoleText"))
                $root.leeward.ConsoleText.encode(message.consoleText, writer.uint32(490).fork(), _depth + 1).ldelim();
            if (message.replicaHalted != null && $Object.hasOwnProperty.call(message, "replicaHalted"))
                $root.leeward.ReplicaHalted.encode(message.replicaHalted, writer.uint32(570).fork(), _depth + 1).ldelim();
            if (message.replicaChangeList != null && $Object.hasOwnProperty.call(message, "replicaChangeList"))
                $root.leeward.ReplicaChangeList.encode(message.replicaChangeList, writer.uint32(586).fork(), _depth + 1).ldelim();
            if (message.replicaContent != null && $Object.hasOwnProperty.call(message, "replicaContent"))
                $root.leeward.ReplicaContent.encode(message.replicaContent, writer.uint32(594).fork(), _depth + 1).ldelim();
            if (message.deviceLook != null && $Object.hasOwnProperty.call(message, "deviceLook"))
                $root.leeward.DeviceLook.encode(message.deviceLook, writer.uint32(602).fork(), _depth + 1).ldelim();
            if (message.replicaChecked != null && $Object.hasOwnProperty.call(message, "replicaChecked"))
                $root.leeward.ReplicaChecked.encode(message.replicaChecked, writer.uint32(642).fork(), _depth + 1).ldelim();
            if (message.screenPicture != null && $Object.hasOwnProperty.call(message, "screenPicture"))
                $root.leeward.ScreenPicture.encode(message.screenPicture, writer.uint32(650).fork(), _depth + 1).ldelim();
            if (message.pointDigested != null && $Object.hasOwnProperty.call(message, "pointDigested"))
                $root.leeward.PointDigested.encode(message.pointDigested, writer.uint32(658).fork(), _depth + 1).ldelim();
            if (message.ranInReplica != null && $Object.hasOwnProperty.call(message, "ranInReplica"))
                $root.leeward.RanInReplica.encode(message.ranInReplica, writer.uint32(722).fork(), _depth + 1).ldelim();
            if (message.trustTaken != null && $Object.hasOwnProperty.call(message, "trustTaken"))
                $root.leeward.TrustTaken.encode(message.trustTaken, writer.uint32(802).fork(), _depth + 1).ldelim();
            if (message.pushReport != null && $Object.hasOwnProperty.call(message, "pushReport"))
                $root.leeward.PushReport.encode(message.pushReport, writer.uint32(882).fork(), _depth + 1).ldelim();
            if (message.releaseContent != null && $Object.hasOwnProperty.call(message, "releaseContent"))
                $root.leeward.ReleaseContent.encode(message.releaseContent, writer.uint32(970).fork(), _depth + 1).ldelim();
            if (message.releaseList != null && $Object.hasOwnProperty.call(message, "releaseList"))
                $root.leeward.ReleaseList.encode(message.releaseList, writer.uint32(978).fork(), _depth + 1).ldelim();
            if (message.wrappedKey != null && $Object.hasOwnProperty.call(message, "wrappedKey"))
                $root.leeward.WrappedKey.encode(message.wrappedKey, writer.uint32(1042).fork(), _depth + 1).ldelim();
            if (message.seedLoaded != null && $Object.hasOwnProperty.call(message, "seedLoaded"))
                $root.leeward.SeedLoaded.encode(message.seedLoaded, writer.uint32(1058).fork(), _depth + 1).ldelim();
            if (message.historyList != null && $Object.hasOwnProperty.call(message, "historyList"))
                $root.leeward.HistoryList.encode(message.historyList, writer.uint32(1122).fork(), _depth + 1).ldelim();
            if (message.momentList != null && $Object.hasOwnProperty.call(message, "momentList"))
                $root.leeward.MomentList.encode(message.momentList, writer.uint32(1130).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ResponseBody.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ResponseBody();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.candidateList = $root.leeward.CandidateList.decode(reader, reader.size(), $undefined, _depth + 1, message.candidateList);
                        message.kind = "candidateList";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.point = $root.leeward.PointItem.decode(reader, reader.size(), $undefined, _depth + 1, message.point);
                        message.kind = "point";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.pointList = $root.leeward.PointList.decode(reader, reader.size(), $undefined, _depth + 1, message.pointList);
                        message.kind = "pointList";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.openedPoint = $root.leeward.OpenedPoint.decode(reader, reader.size(), $undefined, _depth + 1, message.openedPoint);
                        message.kind = "openedPoint";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.openedList = $root.leeward.OpenedList.decode(reader, reader.size(), $undefined, _depth + 1, message.openedList);
                        message.kind = "openedList";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.savedPoint = $root.leeward.SavedPoint.decode(reader, reader.size(), $undefined, _depth + 1, message.savedPoint);
                        message.kind = "savedPoint";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.done = $root.leeward.Done.decode(reader, reader.size(), $undefined, _depth + 1, message.done);
                        message.kind = "done";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.certificate = $root.leeward.Certificate.decode(reader, reader.size(), $undefined, _depth + 1, message.certificate);
                        message.kind = "certificate";
                        continue;
                    }
                case 30: {
                        if (wireType !== 2)
                            break;
                        message.blockDigests = $root.leeward.BlockDigests.decode(reader, reader.size(), $undefined, _depth + 1, message.blockDigests);
                        message.kind = "blockDigests";
                        continue;
                    }
                case 31: {
                        if (wireType !== 2)
                            break;
                        message.comparison = $root.leeward.Comparison.decode(reader, reader.size(), $undefined, _depth + 1, message.comparison);
                        message.kind = "comparison";
                        continue;
                    }
                case 32: {
                        if (wireType !== 2)
                            break;
                        message.resyncBegun = $root.leeward.ResyncBegun.decode(reader, reader.size(), $undefined, _depth + 1, message.resyncBegun);
                        message.kind = "resyncBegun";
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.groupPointMade = $root.leeward.GroupPointMade.decode(reader, reader.size(), $undefined, _depth + 1, message.groupPointMade);
                        message.kind = "groupPointMade";
                        continue;
                    }
                case 60: {
                        if (wireType !== 2)
                            break;
                        message.replicaStatus = $root.leeward.ReplicaStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.replicaStatus);
                        message.kind = "replicaStatus";
                        continue;
                    }
                case 61: {
                        if (wireType !== 2)
                            break;
                        message.consoleText = $root.leeward.ConsoleText.decode(reader, reader.size(), $undefined, _depth + 1, message.consoleText);
                        message.kind = "consoleText";
                        continue;
                    }
                case 71: {
                        if (wireType !== 2)
                            break;
                        message.replicaHalted = $root.leeward.ReplicaHalted.decode(reader, reader.size(), $undefined, _depth + 1, message.replicaHalted);
                        message.kind = "replicaHalted";
                        continue;
                    }
                case 73: {
                        if (wireType !== 2)
                            break;
                        message.replicaChangeList = $root.leeward.ReplicaChangeList.decode(reader, reader.size(), $undefined, _depth + 1, message.replicaChangeList);
                        message.kind = "replicaChangeList";
                        continue;
                    }
                case 74: {
                        if (wireType !== 2)
                            break;
                        message.replicaContent = $root.leeward.ReplicaContent.decode(reader, reader.size(), $undefined, _depth + 1, message.replicaContent);
                        message.kind = "replicaContent";
                        continue;
                    }
                case 75: {
                        if (wireType !== 2)
                            break;
                        message.deviceLook = $root.leeward.DeviceLook.decode(reader, reader.size(), $undefined, _depth + 1, message.deviceLook);
                        message.kind = "deviceLook";
                        continue;
                    }
                case 80: {
                        if (wireType !== 2)
                            break;
                        message.replicaChecked = $root.leeward.ReplicaChecked.decode(reader, reader.size(), $undefined, _depth + 1, message.replicaChecked);
                        message.kind = "replicaChecked";
                        continue;
                    }
                case 81: {
                        if (wireType !== 2)
                            break;
                        message.screenPicture = $root.leeward.ScreenPicture.decode(reader, reader.size(), $undefined, _depth + 1, message.screenPicture);
                        message.kind = "screenPicture";
                        continue;
                    }
                case 82: {
                        if (wireType !== 2)
                            break;
                        message.pointDigested = $root.leeward.PointDigested.decode(reader, reader.size(), $undefined, _depth + 1, message.pointDigested);
                        message.kind = "pointDigested";
                        continue;
                    }
                case 90: {
                        if (wireType !== 2)
                            break;
                        message.ranInReplica = $root.leeward.RanInReplica.decode(reader, reader.size(), $undefined, _depth + 1, message.ranInReplica);
                        message.kind = "ranInReplica";
                        continue;
                    }
                case 110: {
                        if (wireType !== 2)
                            break;
                        message.pushReport = $root.leeward.PushReport.decode(reader, reader.size(), $undefined, _depth + 1, message.pushReport);
                        message.kind = "pushReport";
                        continue;
                    }
                case 100: {
                        if (wireType !== 2)
                            break;
                        message.trustTaken = $root.leeward.TrustTaken.decode(reader, reader.size(), $undefined, _depth + 1, message.trustTaken);
                        message.kind = "trustTaken";
                        continue;
                    }
                case 121: {
                        if (wireType !== 2)
                            break;
                        message.releaseContent = $root.leeward.ReleaseContent.decode(reader, reader.size(), $undefined, _depth + 1, message.releaseContent);
                        message.kind = "releaseContent";
                        continue;
                    }
                case 122: {
                        if (wireType !== 2)
                            break;
                        message.releaseList = $root.leeward.ReleaseList.decode(reader, reader.size(), $undefined, _depth + 1, message.releaseList);
                        message.kind = "releaseList";
                        continue;
                    }
                case 130: {
                        if (wireType !== 2)
                            break;
                        message.wrappedKey = $root.leeward.WrappedKey.decode(reader, reader.size(), $undefined, _depth + 1, message.wrappedKey);
                        message.kind = "wrappedKey";
                        continue;
                    }
                case 132: {
                        if (wireType !== 2)
                            break;
                        message.seedLoaded = $root.leeward.SeedLoaded.decode(reader, reader.size(), $undefined, _depth + 1, message.seedLoaded);
                        message.kind = "seedLoaded";
                        continue;
                    }
                case 140: {
                        if (wireType !== 2)
                            break;
                        message.historyList = $root.leeward.HistoryList.decode(reader, reader.size(), $undefined, _depth + 1, message.historyList);
                        message.kind = "historyList";
                        continue;
                    }
                case 141: {
                        if (wireType !== 2)
                            break;
                        message.momentList = $root.leeward.MomentList.decode(reader, reader.size(), $undefined, _depth + 1, message.momentList);
                        message.kind = "momentList";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ResponseBody;
    })();

    leeward.Done = (function() {

        const Done = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Done.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Done.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Done();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Done;
    })();

    leeward.Address = (function() {

        const Address = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Address.prototype.host = "";
        Address.prototype.port = 0;

        Address.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.host != null && $Object.hasOwnProperty.call(message, "host") && message.host !== "")
                writer.uint32(10).string(message.host);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(16).uint32(message.port);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Address.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Address();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.host = value;
                        else
                            delete message.host;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Address;
    })();

    leeward.TrustList = (function() {

        const TrustList = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        TrustList.prototype.crlPem = "";

        TrustList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.crlPem != null && $Object.hasOwnProperty.call(message, "crlPem") && message.crlPem !== "")
                writer.uint32(10).string(message.crlPem);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        TrustList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.TrustList();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.crlPem = value;
                        else
                            delete message.crlPem;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return TrustList;
    })();

    leeward.WeekHours = (function() {

        const WeekHours = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        WeekHours.prototype.days = 0;
        WeekHours.prototype.fromMinute = 0;
        WeekHours.prototype.toMinute = 0;

        WeekHours.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.days != null && $Object.hasOwnProperty.call(message, "days") && message.days !== 0)
                writer.uint32(8).uint32(message.days);
            if (message.fromMinute != null && $Object.hasOwnProperty.call(message, "fromMinute") && message.fromMinute !== 0)
                writer.uint32(16).uint32(message.fromMinute);
            if (message.toMinute != null && $Object.hasOwnProperty.call(message, "toMinute") && message.toMinute !== 0)
                writer.uint32(24).uint32(message.toMinute);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        WeekHours.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.WeekHours();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.days = value;
                        else
                            delete message.days;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.fromMinute = value;
                        else
                            delete message.fromMinute;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.toMinute = value;
                        else
                            delete message.toMinute;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return WeekHours;
    })();

    leeward.TimeWindow = (function() {

        const TimeWindow = function (properties) {
            this.hours = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        TimeWindow.prototype.outside = false;
        TimeWindow.prototype.hours = $util.emptyArray;

        TimeWindow.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.outside != null && $Object.hasOwnProperty.call(message, "outside") && message.outside !== false)
                writer.uint32(8).bool(message.outside);
            if (message.hours != null && message.hours.length)
                for (let i = 0; i < message.hours.length; ++i)
                    $root.leeward.WeekHours.encode(message.hours[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        TimeWindow.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.TimeWindow();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.outside = value;
                        else
                            delete message.outside;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.hours && message.hours.length))
                            message.hours = [];
                        message.hours.push($root.leeward.WeekHours.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return TimeWindow;
    })();

    leeward.BandwidthWindow = (function() {

        const BandwidthWindow = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        BandwidthWindow.prototype.days = 0;
        BandwidthWindow.prototype.fromMinute = 0;
        BandwidthWindow.prototype.toMinute = 0;
        BandwidthWindow.prototype.bytesPerSecond = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        BandwidthWindow.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.days != null && $Object.hasOwnProperty.call(message, "days") && message.days !== 0)
                writer.uint32(8).uint32(message.days);
            if (message.fromMinute != null && $Object.hasOwnProperty.call(message, "fromMinute") && message.fromMinute !== 0)
                writer.uint32(16).uint32(message.fromMinute);
            if (message.toMinute != null && $Object.hasOwnProperty.call(message, "toMinute") && message.toMinute !== 0)
                writer.uint32(24).uint32(message.toMinute);
            if (message.bytesPerSecond != null && $Object.hasOwnProperty.call(message, "bytesPerSecond") && (typeof message.bytesPerSecond === "object" ? message.bytesPerSecond.low || message.bytesPerSecond.high : message.bytesPerSecond !== 0))
                writer.uint32(32).uint64(message.bytesPerSecond);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        BandwidthWindow.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.BandwidthWindow();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.days = value;
                        else
                            delete message.days;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.fromMinute = value;
                        else
                            delete message.fromMinute;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.toMinute = value;
                        else
                            delete message.toMinute;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytesPerSecond = value;
                        else
                            delete message.bytesPerSecond;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return BandwidthWindow;
    })();

    leeward.Bandwidth = (function() {

        const Bandwidth = function (properties) {
            this.windows = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Bandwidth.prototype.bytesPerSecond = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Bandwidth.prototype.windows = $util.emptyArray;

        Bandwidth.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.bytesPerSecond != null && $Object.hasOwnProperty.call(message, "bytesPerSecond") && (typeof message.bytesPerSecond === "object" ? message.bytesPerSecond.low || message.bytesPerSecond.high : message.bytesPerSecond !== 0))
                writer.uint32(8).uint64(message.bytesPerSecond);
            if (message.windows != null && message.windows.length)
                for (let i = 0; i < message.windows.length; ++i)
                    $root.leeward.BandwidthWindow.encode(message.windows[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Bandwidth.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Bandwidth();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytesPerSecond = value;
                        else
                            delete message.bytesPerSecond;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.windows && message.windows.length))
                            message.windows = [];
                        message.windows.push($root.leeward.BandwidthWindow.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Bandwidth;
    })();

    leeward.BandwidthStatus = (function() {

        const BandwidthStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        BandwidthStatus.prototype.bytesPerSecond = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        BandwidthStatus.prototype.untilMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        BandwidthStatus.prototype.waitedMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        BandwidthStatus.prototype.sentBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        BandwidthStatus.prototype.timeZone = "";

        BandwidthStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.bytesPerSecond != null && $Object.hasOwnProperty.call(message, "bytesPerSecond") && (typeof message.bytesPerSecond === "object" ? message.bytesPerSecond.low || message.bytesPerSecond.high : message.bytesPerSecond !== 0))
                writer.uint32(8).uint64(message.bytesPerSecond);
            if (message.untilMicros != null && $Object.hasOwnProperty.call(message, "untilMicros") && (typeof message.untilMicros === "object" ? message.untilMicros.low || message.untilMicros.high : message.untilMicros !== 0))
                writer.uint32(16).uint64(message.untilMicros);
            if (message.waitedMicros != null && $Object.hasOwnProperty.call(message, "waitedMicros") && (typeof message.waitedMicros === "object" ? message.waitedMicros.low || message.waitedMicros.high : message.waitedMicros !== 0))
                writer.uint32(24).uint64(message.waitedMicros);
            if (message.sentBytes != null && $Object.hasOwnProperty.call(message, "sentBytes") && (typeof message.sentBytes === "object" ? message.sentBytes.low || message.sentBytes.high : message.sentBytes !== 0))
                writer.uint32(32).uint64(message.sentBytes);
            if (message.timeZone != null && $Object.hasOwnProperty.call(message, "timeZone") && message.timeZone !== "")
                writer.uint32(42).string(message.timeZone);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        BandwidthStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.BandwidthStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytesPerSecond = value;
                        else
                            delete message.bytesPerSecond;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.untilMicros = value;
                        else
                            delete message.untilMicros;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.waitedMicros = value;
                        else
                            delete message.waitedMicros;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sentBytes = value;
                        else
                            delete message.sentBytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.timeZone = value;
                        else
                            delete message.timeZone;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return BandwidthStatus;
    })();

    leeward.CapturePolicy = (function() {

        const CapturePolicy = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CapturePolicy.prototype.pointIntervalSeconds = 0;
        CapturePolicy.prototype.logBytesMax = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CapturePolicy.prototype.copyBytesPerSecondMax = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CapturePolicy.prototype.applicationPointIntervalSeconds = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CapturePolicy.prototype.resyncWindow = null;
        CapturePolicy.prototype.trackerPointIntervalSeconds = 0;

        CapturePolicy.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.pointIntervalSeconds != null && $Object.hasOwnProperty.call(message, "pointIntervalSeconds") && !$Object.is(message.pointIntervalSeconds, 0))
                writer.uint32(9).double(message.pointIntervalSeconds);
            if (message.logBytesMax != null && $Object.hasOwnProperty.call(message, "logBytesMax") && (typeof message.logBytesMax === "object" ? message.logBytesMax.low || message.logBytesMax.high : message.logBytesMax !== 0))
                writer.uint32(16).uint64(message.logBytesMax);
            if (message.copyBytesPerSecondMax != null && $Object.hasOwnProperty.call(message, "copyBytesPerSecondMax") && (typeof message.copyBytesPerSecondMax === "object" ? message.copyBytesPerSecondMax.low || message.copyBytesPerSecondMax.high : message.copyBytesPerSecondMax !== 0))
                writer.uint32(24).uint64(message.copyBytesPerSecondMax);
            if (message.applicationPointIntervalSeconds != null && $Object.hasOwnProperty.call(message, "applicationPointIntervalSeconds") && (typeof message.applicationPointIntervalSeconds === "object" ? message.applicationPointIntervalSeconds.low || message.applicationPointIntervalSeconds.high : message.applicationPointIntervalSeconds !== 0))
                writer.uint32(32).uint64(message.applicationPointIntervalSeconds);
            if (message.resyncWindow != null && $Object.hasOwnProperty.call(message, "resyncWindow"))
                $root.leeward.TimeWindow.encode(message.resyncWindow, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.trackerPointIntervalSeconds != null && $Object.hasOwnProperty.call(message, "trackerPointIntervalSeconds") && !$Object.is(message.trackerPointIntervalSeconds, 0))
                writer.uint32(49).double(message.trackerPointIntervalSeconds);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CapturePolicy.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CapturePolicy();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.pointIntervalSeconds = value;
                        else
                            delete message.pointIntervalSeconds;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.logBytesMax = value;
                        else
                            delete message.logBytesMax;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.copyBytesPerSecondMax = value;
                        else
                            delete message.copyBytesPerSecondMax;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.applicationPointIntervalSeconds = value;
                        else
                            delete message.applicationPointIntervalSeconds;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.resyncWindow = $root.leeward.TimeWindow.decode(reader, reader.size(), $undefined, _depth + 1, message.resyncWindow);
                        continue;
                    }
                case 6: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.trackerPointIntervalSeconds = value;
                        else
                            delete message.trackerPointIntervalSeconds;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CapturePolicy;
    })();

    leeward.AgentPlan = (function() {

        const AgentPlan = function (properties) {
            this.disks = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AgentPlan.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        AgentPlan.prototype.machineName = "";
        AgentPlan.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        AgentPlan.prototype.disks = $util.emptyArray;
        AgentPlan.prototype.bandwidth = null;
        AgentPlan.prototype.group = null;
        AgentPlan.prototype.fence = null;
        AgentPlan.prototype.cacheAccount = null;

        AgentPlan.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(8).uint64(message.version);
            if (message.machineName != null && $Object.hasOwnProperty.call(message, "machineName") && message.machineName !== "")
                writer.uint32(18).string(message.machineName);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(24).uint64(message.epoch);
            if (message.disks != null && message.disks.length)
                for (let i = 0; i < message.disks.length; ++i)
                    $root.leeward.PlannedDisk.encode(message.disks[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.bandwidth != null && $Object.hasOwnProperty.call(message, "bandwidth"))
                $root.leeward.Bandwidth.encode(message.bandwidth, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.group != null && $Object.hasOwnProperty.call(message, "group"))
                $root.leeward.PlannedGroup.encode(message.group, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.fence != null && $Object.hasOwnProperty.call(message, "fence"))
                $root.leeward.PlannedFence.encode(message.fence, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.cacheAccount != null && $Object.hasOwnProperty.call(message, "cacheAccount"))
                $root.leeward.PlannedCacheAccount.encode(message.cacheAccount, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AgentPlan.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.AgentPlan();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineName = value;
                        else
                            delete message.machineName;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.disks && message.disks.length))
                            message.disks = [];
                        message.disks.push($root.leeward.PlannedDisk.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.bandwidth = $root.leeward.Bandwidth.decode(reader, reader.size(), $undefined, _depth + 1, message.bandwidth);
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.group = $root.leeward.PlannedGroup.decode(reader, reader.size(), $undefined, _depth + 1, message.group);
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.fence = $root.leeward.PlannedFence.decode(reader, reader.size(), $undefined, _depth + 1, message.fence);
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.cacheAccount = $root.leeward.PlannedCacheAccount.decode(reader, reader.size(), $undefined, _depth + 1, message.cacheAccount);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return AgentPlan;
    })();

    leeward.PlannedCacheAccount = (function() {

        const PlannedCacheAccount = function (properties) {
            this.peers = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PlannedCacheAccount.prototype.storeUrl = "";
        PlannedCacheAccount.prototype.peers = $util.emptyArray;
        PlannedCacheAccount.prototype.bytesMax = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        PlannedCacheAccount.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.storeUrl != null && $Object.hasOwnProperty.call(message, "storeUrl") && message.storeUrl !== "")
                writer.uint32(10).string(message.storeUrl);
            if (message.peers != null && message.peers.length)
                for (let i = 0; i < message.peers.length; ++i)
                    $root.leeward.CachePeer.encode(message.peers[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.bytesMax != null && $Object.hasOwnProperty.call(message, "bytesMax") && (typeof message.bytesMax === "object" ? message.bytesMax.low || message.bytesMax.high : message.bytesMax !== 0))
                writer.uint32(24).uint64(message.bytesMax);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PlannedCacheAccount.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PlannedCacheAccount();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.storeUrl = value;
                        else
                            delete message.storeUrl;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.peers && message.peers.length))
                            message.peers = [];
                        message.peers.push($root.leeward.CachePeer.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytesMax = value;
                        else
                            delete message.bytesMax;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PlannedCacheAccount;
    })();

    leeward.CachePeer = (function() {

        const CachePeer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CachePeer.prototype.peerId = "";
        CachePeer.prototype.publicKey = "";

        CachePeer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.peerId != null && $Object.hasOwnProperty.call(message, "peerId") && message.peerId !== "")
                writer.uint32(10).string(message.peerId);
            if (message.publicKey != null && $Object.hasOwnProperty.call(message, "publicKey") && message.publicKey !== "")
                writer.uint32(18).string(message.publicKey);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CachePeer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CachePeer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.peerId = value;
                        else
                            delete message.peerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.publicKey = value;
                        else
                            delete message.publicKey;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CachePeer;
    })();

    leeward.PlannedFence = (function() {

        const PlannedFence = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PlannedFence.prototype.failoverId = "";
        PlannedFence.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PlannedFence.prototype.orderly = false;

        PlannedFence.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.failoverId != null && $Object.hasOwnProperty.call(message, "failoverId") && message.failoverId !== "")
                writer.uint32(10).string(message.failoverId);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(16).uint64(message.epoch);
            if (message.orderly != null && $Object.hasOwnProperty.call(message, "orderly") && message.orderly !== false)
                writer.uint32(24).bool(message.orderly);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PlannedFence.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PlannedFence();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.failoverId = value;
                        else
                            delete message.failoverId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.orderly = value;
                        else
                            delete message.orderly;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PlannedFence;
    })();

    leeward.FenceStatus = (function() {

        const FenceStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        FenceStatus.prototype.failoverId = "";
        FenceStatus.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        FenceStatus.prototype.state = "";
        FenceStatus.prototype.lastPointId = "";
        FenceStatus.prototype.fault = null;

        FenceStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.failoverId != null && $Object.hasOwnProperty.call(message, "failoverId") && message.failoverId !== "")
                writer.uint32(10).string(message.failoverId);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(16).uint64(message.epoch);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(26).string(message.state);
            if (message.lastPointId != null && $Object.hasOwnProperty.call(message, "lastPointId") && message.lastPointId !== "")
                writer.uint32(34).string(message.lastPointId);
            if (message.fault != null && $Object.hasOwnProperty.call(message, "fault"))
                $root.leeward.FaultItem.encode(message.fault, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        FenceStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.FenceStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.failoverId = value;
                        else
                            delete message.failoverId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.lastPointId = value;
                        else
                            delete message.lastPointId;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.fault = $root.leeward.FaultItem.decode(reader, reader.size(), $undefined, _depth + 1, message.fault);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return FenceStatus;
    })();

    leeward.PlannedGroup = (function() {

        const PlannedGroup = function (properties) {
            this.members = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PlannedGroup.prototype.name = "";
        PlannedGroup.prototype.revisionId = "";
        PlannedGroup.prototype.intervalSeconds = 0;
        PlannedGroup.prototype.members = $util.emptyArray;

        PlannedGroup.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.revisionId != null && $Object.hasOwnProperty.call(message, "revisionId") && message.revisionId !== "")
                writer.uint32(18).string(message.revisionId);
            if (message.intervalSeconds != null && $Object.hasOwnProperty.call(message, "intervalSeconds") && !$Object.is(message.intervalSeconds, 0))
                writer.uint32(25).double(message.intervalSeconds);
            if (message.members != null && message.members.length)
                for (let i = 0; i < message.members.length; ++i)
                    $root.leeward.GroupMember.encode(message.members[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PlannedGroup.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PlannedGroup();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.revisionId = value;
                        else
                            delete message.revisionId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.intervalSeconds = value;
                        else
                            delete message.intervalSeconds;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.members && message.members.length))
                            message.members = [];
                        message.members.push($root.leeward.GroupMember.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PlannedGroup;
    })();

    leeward.GroupMember = (function() {

        const GroupMember = function (properties) {
            this.addresses = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        GroupMember.prototype.machineId = "";
        GroupMember.prototype.machineName = "";
        GroupMember.prototype.addresses = $util.emptyArray;

        GroupMember.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.machineName != null && $Object.hasOwnProperty.call(message, "machineName") && message.machineName !== "")
                writer.uint32(18).string(message.machineName);
            if (message.addresses != null && message.addresses.length)
                for (let i = 0; i < message.addresses.length; ++i)
                    $root.leeward.Address.encode(message.addresses[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        GroupMember.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.GroupMember();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineName = value;
                        else
                            delete message.machineName;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.addresses && message.addresses.length))
                            message.addresses = [];
                        message.addresses.push($root.leeward.Address.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return GroupMember;
    })();

    leeward.PlannedDisk = (function() {

        const PlannedDisk = function (properties) {
            this.processServerAddresses = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PlannedDisk.prototype.diskId = "";
        PlannedDisk.prototype.name = "";
        PlannedDisk.prototype.path = "";
        PlannedDisk.prototype.capture = "";
        PlannedDisk.prototype.policy = null;
        PlannedDisk.prototype.processServerId = "";
        PlannedDisk.prototype.processServerAddresses = $util.emptyArray;
        PlannedDisk.prototype.reverse = null;
        PlannedDisk.prototype.origin = null;
        PlannedDisk.prototype.seed = null;

        PlannedDisk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(18).string(message.name);
            if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                writer.uint32(26).string(message.path);
            if (message.capture != null && $Object.hasOwnProperty.call(message, "capture") && message.capture !== "")
                writer.uint32(34).string(message.capture);
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy"))
                $root.leeward.CapturePolicy.encode(message.policy, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.processServerId != null && $Object.hasOwnProperty.call(message, "processServerId") && message.processServerId !== "")
                writer.uint32(50).string(message.processServerId);
            if (message.processServerAddresses != null && message.processServerAddresses.length)
                for (let i = 0; i < message.processServerAddresses.length; ++i)
                    $root.leeward.Address.encode(message.processServerAddresses[i], writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.reverse != null && $Object.hasOwnProperty.call(message, "reverse"))
                $root.leeward.PlannedReverse.encode(message.reverse, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.origin != null && $Object.hasOwnProperty.call(message, "origin"))
                $root.leeward.PlannedOrigin.encode(message.origin, writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.seed != null && $Object.hasOwnProperty.call(message, "seed"))
                $root.leeward.PlannedSeed.encode(message.seed, writer.uint32(82).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PlannedDisk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PlannedDisk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.path = value;
                        else
                            delete message.path;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.capture = value;
                        else
                            delete message.capture;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.policy = $root.leeward.CapturePolicy.decode(reader, reader.size(), $undefined, _depth + 1, message.policy);
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.processServerId = value;
                        else
                            delete message.processServerId;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.processServerAddresses && message.processServerAddresses.length))
                            message.processServerAddresses = [];
                        message.processServerAddresses.push($root.leeward.Address.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.reverse = $root.leeward.PlannedReverse.decode(reader, reader.size(), $undefined, _depth + 1, message.reverse);
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.origin = $root.leeward.PlannedOrigin.decode(reader, reader.size(), $undefined, _depth + 1, message.origin);
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        message.seed = $root.leeward.PlannedSeed.decode(reader, reader.size(), $undefined, _depth + 1, message.seed);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PlannedDisk;
    })();

    leeward.PlannedSeed = (function() {

        const PlannedSeed = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PlannedSeed.prototype.branch = "";
        PlannedSeed.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PlannedSeed.prototype.diskBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        PlannedSeed.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(10).string(message.branch);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(16).uint64(message.sequence);
            if (message.diskBytes != null && $Object.hasOwnProperty.call(message, "diskBytes") && (typeof message.diskBytes === "object" ? message.diskBytes.low || message.diskBytes.high : message.diskBytes !== 0))
                writer.uint32(24).uint64(message.diskBytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PlannedSeed.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PlannedSeed();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.diskBytes = value;
                        else
                            delete message.diskBytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PlannedSeed;
    })();

    leeward.PlannedReverse = (function() {

        const PlannedReverse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PlannedReverse.prototype.failoverId = "";
        PlannedReverse.prototype.branch = "";
        PlannedReverse.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PlannedReverse.prototype.whole = false;
        PlannedReverse.prototype.place = null;

        PlannedReverse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.failoverId != null && $Object.hasOwnProperty.call(message, "failoverId") && message.failoverId !== "")
                writer.uint32(10).string(message.failoverId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(24).uint64(message.sequence);
            if (message.whole != null && $Object.hasOwnProperty.call(message, "whole") && message.whole !== false)
                writer.uint32(32).bool(message.whole);
            if (message.place != null && $Object.hasOwnProperty.call(message, "place"))
                $root.leeward.PlannedPlace.encode(message.place, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PlannedReverse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PlannedReverse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.failoverId = value;
                        else
                            delete message.failoverId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.whole = value;
                        else
                            delete message.whole;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.place = $root.leeward.PlannedPlace.decode(reader, reader.size(), $undefined, _depth + 1, message.place);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PlannedReverse;
    })();

    leeward.PlannedPlace = (function() {

        const PlannedPlace = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PlannedPlace.prototype.placeId = "";
        PlannedPlace.prototype.diskBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PlannedPlace.prototype.seen = "";

        PlannedPlace.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.placeId != null && $Object.hasOwnProperty.call(message, "placeId") && message.placeId !== "")
                writer.uint32(10).string(message.placeId);
            if (message.diskBytes != null && $Object.hasOwnProperty.call(message, "diskBytes") && (typeof message.diskBytes === "object" ? message.diskBytes.low || message.diskBytes.high : message.diskBytes !== 0))
                writer.uint32(16).uint64(message.diskBytes);
            if (message.seen != null && $Object.hasOwnProperty.call(message, "seen") && message.seen !== "")
                writer.uint32(26).string(message.seen);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PlannedPlace.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PlannedPlace();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.placeId = value;
                        else
                            delete message.placeId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.diskBytes = value;
                        else
                            delete message.diskBytes;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.seen = value;
                        else
                            delete message.seen;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PlannedPlace;
    })();

    leeward.LookAtDevice = (function() {

        const LookAtDevice = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LookAtDevice.prototype.diskId = "";
        LookAtDevice.prototype.path = "";
        LookAtDevice.prototype.capture = "";

        LookAtDevice.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                writer.uint32(18).string(message.path);
            if (message.capture != null && $Object.hasOwnProperty.call(message, "capture") && message.capture !== "")
                writer.uint32(26).string(message.capture);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LookAtDevice.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.LookAtDevice();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.path = value;
                        else
                            delete message.path;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.capture = value;
                        else
                            delete message.capture;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LookAtDevice;
    })();

    leeward.DeviceLook = (function() {

        const DeviceLook = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DeviceLook.prototype.sizeBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DeviceLook.prototype.refusal = "";
        DeviceLook.prototype.content = "";
        DeviceLook.prototype.digests = $util.newBuffer([]);
        DeviceLook.prototype.seen = "";

        DeviceLook.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes") && (typeof message.sizeBytes === "object" ? message.sizeBytes.low || message.sizeBytes.high : message.sizeBytes !== 0))
                writer.uint32(8).uint64(message.sizeBytes);
            if (message.refusal != null && $Object.hasOwnProperty.call(message, "refusal") && message.refusal !== "")
                writer.uint32(18).string(message.refusal);
            if (message.content != null && $Object.hasOwnProperty.call(message, "content") && message.content !== "")
                writer.uint32(26).string(message.content);
            if (message.digests != null && $Object.hasOwnProperty.call(message, "digests") && message.digests.length)
                writer.uint32(34).bytes(message.digests);
            if (message.seen != null && $Object.hasOwnProperty.call(message, "seen") && message.seen !== "")
                writer.uint32(42).string(message.seen);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DeviceLook.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.DeviceLook();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sizeBytes = value;
                        else
                            delete message.sizeBytes;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.refusal = value;
                        else
                            delete message.refusal;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.content = value;
                        else
                            delete message.content;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.digests = value;
                        else
                            delete message.digests;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.seen = value;
                        else
                            delete message.seen;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return DeviceLook;
    })();

    leeward.PlannedOrigin = (function() {

        const PlannedOrigin = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PlannedOrigin.prototype.failoverId = "";
        PlannedOrigin.prototype.branch = "";
        PlannedOrigin.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PlannedOrigin.prototype.timeMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        PlannedOrigin.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.failoverId != null && $Object.hasOwnProperty.call(message, "failoverId") && message.failoverId !== "")
                writer.uint32(10).string(message.failoverId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(24).uint64(message.sequence);
            if (message.timeMicros != null && $Object.hasOwnProperty.call(message, "timeMicros") && (typeof message.timeMicros === "object" ? message.timeMicros.low || message.timeMicros.high : message.timeMicros !== 0))
                writer.uint32(32).uint64(message.timeMicros);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PlannedOrigin.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PlannedOrigin();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.failoverId = value;
                        else
                            delete message.failoverId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.timeMicros = value;
                        else
                            delete message.timeMicros;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PlannedOrigin;
    })();

    leeward.ReverseStatus = (function() {

        const ReverseStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReverseStatus.prototype.failoverId = "";
        ReverseStatus.prototype.method = "";
        ReverseStatus.prototype.setBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReverseStatus.prototype.broughtBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReverseStatus.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReverseStatus.prototype.complete = false;
        ReverseStatus.prototype.following = false;
        ReverseStatus.prototype.placeId = "";

        ReverseStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.failoverId != null && $Object.hasOwnProperty.call(message, "failoverId") && message.failoverId !== "")
                writer.uint32(10).string(message.failoverId);
            if (message.method != null && $Object.hasOwnProperty.call(message, "method") && message.method !== "")
                writer.uint32(18).string(message.method);
            if (message.setBytes != null && $Object.hasOwnProperty.call(message, "setBytes") && (typeof message.setBytes === "object" ? message.setBytes.low || message.setBytes.high : message.setBytes !== 0))
                writer.uint32(24).uint64(message.setBytes);
            if (message.broughtBytes != null && $Object.hasOwnProperty.call(message, "broughtBytes") && (typeof message.broughtBytes === "object" ? message.broughtBytes.low || message.broughtBytes.high : message.broughtBytes !== 0))
                writer.uint32(32).uint64(message.broughtBytes);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(40).uint64(message.sequence);
            if (message.complete != null && $Object.hasOwnProperty.call(message, "complete") && message.complete !== false)
                writer.uint32(48).bool(message.complete);
            if (message.following != null && $Object.hasOwnProperty.call(message, "following") && message.following !== false)
                writer.uint32(56).bool(message.following);
            if (message.placeId != null && $Object.hasOwnProperty.call(message, "placeId") && message.placeId !== "")
                writer.uint32(66).string(message.placeId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReverseStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReverseStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.failoverId = value;
                        else
                            delete message.failoverId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.method = value;
                        else
                            delete message.method;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.setBytes = value;
                        else
                            delete message.setBytes;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.broughtBytes = value;
                        else
                            delete message.broughtBytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.complete = value;
                        else
                            delete message.complete;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.following = value;
                        else
                            delete message.following;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.placeId = value;
                        else
                            delete message.placeId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReverseStatus;
    })();

    leeward.AgentStatus = (function() {

        const AgentStatus = function (properties) {
            this.disks = [];
            this.links = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AgentStatus.prototype.planVersion = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        AgentStatus.prototype.agentVersion = "";
        AgentStatus.prototype.bootId = "";
        AgentStatus.prototype.disks = $util.emptyArray;
        AgentStatus.prototype.inventoryJson = "";
        AgentStatus.prototype.clockOffsetMicros = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        AgentStatus.prototype.bandwidth = null;
        AgentStatus.prototype.groupAddress = null;
        AgentStatus.prototype.fence = null;
        AgentStatus.prototype.upgrade = null;
        AgentStatus.prototype.cacheAccount = null;
        AgentStatus.prototype.links = $util.emptyArray;

        AgentStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.planVersion != null && $Object.hasOwnProperty.call(message, "planVersion") && (typeof message.planVersion === "object" ? message.planVersion.low || message.planVersion.high : message.planVersion !== 0))
                writer.uint32(8).uint64(message.planVersion);
            if (message.agentVersion != null && $Object.hasOwnProperty.call(message, "agentVersion") && message.agentVersion !== "")
                writer.uint32(18).string(message.agentVersion);
            if (message.bootId != null && $Object.hasOwnProperty.call(message, "bootId") && message.bootId !== "")
                writer.uint32(26).string(message.bootId);
            if (message.disks != null && message.disks.length)
                for (let i = 0; i < message.disks.length; ++i)
                    $root.leeward.DiskStatus.encode(message.disks[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.inventoryJson != null && $Object.hasOwnProperty.call(message, "inventoryJson") && message.inventoryJson !== "")
                writer.uint32(42).string(message.inventoryJson);
            if (message.clockOffsetMicros != null && $Object.hasOwnProperty.call(message, "clockOffsetMicros") && (typeof message.clockOffsetMicros === "object" ? message.clockOffsetMicros.low || message.clockOffsetMicros.high : message.clockOffsetMicros !== 0))
                writer.uint32(48).int64(message.clockOffsetMicros);
            if (message.bandwidth != null && $Object.hasOwnProperty.call(message, "bandwidth"))
                $root.leeward.BandwidthStatus.encode(message.bandwidth, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.groupAddress != null && $Object.hasOwnProperty.call(message, "groupAddress"))
                $root.leeward.Address.encode(message.groupAddress, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.fence != null && $Object.hasOwnProperty.call(message, "fence"))
                $root.leeward.FenceStatus.encode(message.fence, writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.upgrade != null && $Object.hasOwnProperty.call(message, "upgrade"))
                $root.leeward.UpgradeStatus.encode(message.upgrade, writer.uint32(82).fork(), _depth + 1).ldelim();
            if (message.cacheAccount != null && $Object.hasOwnProperty.call(message, "cacheAccount"))
                $root.leeward.CacheAccountStatus.encode(message.cacheAccount, writer.uint32(90).fork(), _depth + 1).ldelim();
            if (message.links != null && message.links.length)
                for (let i = 0; i < message.links.length; ++i)
                    $root.leeward.LinkStatus.encode(message.links[i], writer.uint32(98).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AgentStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.AgentStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.planVersion = value;
                        else
                            delete message.planVersion;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.agentVersion = value;
                        else
                            delete message.agentVersion;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.bootId = value;
                        else
                            delete message.bootId;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.disks && message.disks.length))
                            message.disks = [];
                        message.disks.push($root.leeward.DiskStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.inventoryJson = value;
                        else
                            delete message.inventoryJson;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.clockOffsetMicros = value;
                        else
                            delete message.clockOffsetMicros;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.bandwidth = $root.leeward.BandwidthStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.bandwidth);
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.groupAddress = $root.leeward.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.groupAddress);
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.fence = $root.leeward.FenceStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.fence);
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        message.upgrade = $root.leeward.UpgradeStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.upgrade);
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        message.cacheAccount = $root.leeward.CacheAccountStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.cacheAccount);
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if (!(message.links && message.links.length))
                            message.links = [];
                        message.links.push($root.leeward.LinkStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return AgentStatus;
    })();

    leeward.LinkStatus = (function() {

        const LinkStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LinkStatus.prototype.peerId = "";
        LinkStatus.prototype.connected = false;
        LinkStatus.prototype.bytesPerSecond = 0;

        LinkStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.peerId != null && $Object.hasOwnProperty.call(message, "peerId") && message.peerId !== "")
                writer.uint32(10).string(message.peerId);
            if (message.connected != null && $Object.hasOwnProperty.call(message, "connected") && message.connected !== false)
                writer.uint32(16).bool(message.connected);
            if (message.bytesPerSecond != null && $Object.hasOwnProperty.call(message, "bytesPerSecond") && !$Object.is(message.bytesPerSecond, 0))
                writer.uint32(25).double(message.bytesPerSecond);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LinkStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.LinkStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.peerId = value;
                        else
                            delete message.peerId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.connected = value;
                        else
                            delete message.connected;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.bytesPerSecond = value;
                        else
                            delete message.bytesPerSecond;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LinkStatus;
    })();

    leeward.StageStatus = (function() {

        const StageStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        StageStatus.prototype.stage = "";
        StageStatus.prototype.busyFraction = 0;
        StageStatus.prototype.bytesPerSecond = 0;
        StageStatus.prototype.outBytesPerSecond = 0;
        StageStatus.prototype.waitingBytes = 0;

        StageStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.stage != null && $Object.hasOwnProperty.call(message, "stage") && message.stage !== "")
                writer.uint32(10).string(message.stage);
            if (message.busyFraction != null && $Object.hasOwnProperty.call(message, "busyFraction") && !$Object.is(message.busyFraction, 0))
                writer.uint32(17).double(message.busyFraction);
            if (message.bytesPerSecond != null && $Object.hasOwnProperty.call(message, "bytesPerSecond") && !$Object.is(message.bytesPerSecond, 0))
                writer.uint32(25).double(message.bytesPerSecond);
            if (message.outBytesPerSecond != null && $Object.hasOwnProperty.call(message, "outBytesPerSecond") && !$Object.is(message.outBytesPerSecond, 0))
                writer.uint32(33).double(message.outBytesPerSecond);
            if (message.waitingBytes != null && $Object.hasOwnProperty.call(message, "waitingBytes") && !$Object.is(message.waitingBytes, 0))
                writer.uint32(41).double(message.waitingBytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        StageStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.StageStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.stage = value;
                        else
                            delete message.stage;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.busyFraction = value;
                        else
                            delete message.busyFraction;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.bytesPerSecond = value;
                        else
                            delete message.bytesPerSecond;
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.outBytesPerSecond = value;
                        else
                            delete message.outBytesPerSecond;
                        continue;
                    }
                case 5: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.waitingBytes = value;
                        else
                            delete message.waitingBytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return StageStatus;
    })();

    leeward.CacheAccountStatus = (function() {

        const CacheAccountStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CacheAccountStatus.prototype.waitingBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CacheAccountStatus.prototype.bytesMax = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CacheAccountStatus.prototype.store = null;

        CacheAccountStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.waitingBytes != null && $Object.hasOwnProperty.call(message, "waitingBytes") && (typeof message.waitingBytes === "object" ? message.waitingBytes.low || message.waitingBytes.high : message.waitingBytes !== 0))
                writer.uint32(8).uint64(message.waitingBytes);
            if (message.bytesMax != null && $Object.hasOwnProperty.call(message, "bytesMax") && (typeof message.bytesMax === "object" ? message.bytesMax.low || message.bytesMax.high : message.bytesMax !== 0))
                writer.uint32(16).uint64(message.bytesMax);
            if (message.store != null && $Object.hasOwnProperty.call(message, "store"))
                $root.leeward.StoreStatus.encode(message.store, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CacheAccountStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CacheAccountStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.waitingBytes = value;
                        else
                            delete message.waitingBytes;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytesMax = value;
                        else
                            delete message.bytesMax;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.store = $root.leeward.StoreStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.store);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CacheAccountStatus;
    })();

    leeward.CopyProgress = (function() {

        const CopyProgress = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CopyProgress.prototype.doneBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CopyProgress.prototype.totalBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CopyProgress.prototype.etaSeconds = 0;

        CopyProgress.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.doneBytes != null && $Object.hasOwnProperty.call(message, "doneBytes") && (typeof message.doneBytes === "object" ? message.doneBytes.low || message.doneBytes.high : message.doneBytes !== 0))
                writer.uint32(8).uint64(message.doneBytes);
            if (message.totalBytes != null && $Object.hasOwnProperty.call(message, "totalBytes") && (typeof message.totalBytes === "object" ? message.totalBytes.low || message.totalBytes.high : message.totalBytes !== 0))
                writer.uint32(16).uint64(message.totalBytes);
            if (message.etaSeconds != null && $Object.hasOwnProperty.call(message, "etaSeconds") && !$Object.is(message.etaSeconds, 0))
                writer.uint32(25).double(message.etaSeconds);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CopyProgress.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CopyProgress();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.doneBytes = value;
                        else
                            delete message.doneBytes;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.totalBytes = value;
                        else
                            delete message.totalBytes;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.etaSeconds = value;
                        else
                            delete message.etaSeconds;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CopyProgress;
    })();

    leeward.DiskStatus = (function() {

        const DiskStatus = function (properties) {
            this.faults = [];
            this.stages = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DiskStatus.prototype.diskId = "";
        DiskStatus.prototype.state = "";
        DiskStatus.prototype.sizeBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskStatus.prototype.capture = "";
        DiskStatus.prototype.nbdUri = "";
        DiskStatus.prototype.branch = "";
        DiskStatus.prototype.writtenSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskStatus.prototype.cachedSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskStatus.prototype.journaledSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskStatus.prototype.progress = null;
        DiskStatus.prototype.faults = $util.emptyArray;
        DiskStatus.prototype.logBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskStatus.prototype.writtenBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskStatus.prototype.reverse = null;
        DiskStatus.prototype.rescan = null;
        DiskStatus.prototype.stages = $util.emptyArray;

        DiskStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(18).string(message.state);
            if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes") && (typeof message.sizeBytes === "object" ? message.sizeBytes.low || message.sizeBytes.high : message.sizeBytes !== 0))
                writer.uint32(24).uint64(message.sizeBytes);
            if (message.capture != null && $Object.hasOwnProperty.call(message, "capture") && message.capture !== "")
                writer.uint32(34).string(message.capture);
            if (message.nbdUri != null && $Object.hasOwnProperty.call(message, "nbdUri") && message.nbdUri !== "")
                writer.uint32(42).string(message.nbdUri);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(50).string(message.branch);
            if (message.writtenSequence != null && $Object.hasOwnProperty.call(message, "writtenSequence") && (typeof message.writtenSequence === "object" ? message.writtenSequence.low || message.writtenSequence.high : message.writtenSequence !== 0))
                writer.uint32(56).uint64(message.writtenSequence);
            if (message.cachedSequence != null && $Object.hasOwnProperty.call(message, "cachedSequence") && (typeof message.cachedSequence === "object" ? message.cachedSequence.low || message.cachedSequence.high : message.cachedSequence !== 0))
                writer.uint32(64).uint64(message.cachedSequence);
            if (message.journaledSequence != null && $Object.hasOwnProperty.call(message, "journaledSequence") && (typeof message.journaledSequence === "object" ? message.journaledSequence.low || message.journaledSequence.high : message.journaledSequence !== 0))
                writer.uint32(72).uint64(message.journaledSequence);
            if (message.progress != null && $Object.hasOwnProperty.call(message, "progress"))
                $root.leeward.CopyProgress.encode(message.progress, writer.uint32(82).fork(), _depth + 1).ldelim();
            if (message.faults != null && message.faults.length)
                for (let i = 0; i < message.faults.length; ++i)
                    $root.leeward.FaultItem.encode(message.faults[i], writer.uint32(90).fork(), _depth + 1).ldelim();
            if (message.logBytes != null && $Object.hasOwnProperty.call(message, "logBytes") && (typeof message.logBytes === "object" ? message.logBytes.low || message.logBytes.high : message.logBytes !== 0))
                writer.uint32(96).uint64(message.logBytes);
            if (message.writtenBytes != null && $Object.hasOwnProperty.call(message, "writtenBytes") && (typeof message.writtenBytes === "object" ? message.writtenBytes.low || message.writtenBytes.high : message.writtenBytes !== 0))
                writer.uint32(104).uint64(message.writtenBytes);
            if (message.reverse != null && $Object.hasOwnProperty.call(message, "reverse"))
                $root.leeward.ReverseStatus.encode(message.reverse, writer.uint32(114).fork(), _depth + 1).ldelim();
            if (message.rescan != null && $Object.hasOwnProperty.call(message, "rescan"))
                $root.leeward.RescanStatus.encode(message.rescan, writer.uint32(122).fork(), _depth + 1).ldelim();
            if (message.stages != null && message.stages.length)
                for (let i = 0; i < message.stages.length; ++i)
                    $root.leeward.StageStatus.encode(message.stages[i], writer.uint32(130).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DiskStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.DiskStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sizeBytes = value;
                        else
                            delete message.sizeBytes;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.capture = value;
                        else
                            delete message.capture;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nbdUri = value;
                        else
                            delete message.nbdUri;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.writtenSequence = value;
                        else
                            delete message.writtenSequence;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cachedSequence = value;
                        else
                            delete message.cachedSequence;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.journaledSequence = value;
                        else
                            delete message.journaledSequence;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        message.progress = $root.leeward.CopyProgress.decode(reader, reader.size(), $undefined, _depth + 1, message.progress);
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if (!(message.faults && message.faults.length))
                            message.faults = [];
                        message.faults.push($root.leeward.FaultItem.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.logBytes = value;
                        else
                            delete message.logBytes;
                        continue;
                    }
                case 13: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.writtenBytes = value;
                        else
                            delete message.writtenBytes;
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        message.reverse = $root.leeward.ReverseStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.reverse);
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        message.rescan = $root.leeward.RescanStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.rescan);
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if (!(message.stages && message.stages.length))
                            message.stages = [];
                        message.stages.push($root.leeward.StageStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return DiskStatus;
    })();

    leeward.RescanStatus = (function() {

        const RescanStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RescanStatus.prototype.beganMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        RescanStatus.prototype.endedMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        RescanStatus.prototype.tookMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        RescanStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.beganMicros != null && $Object.hasOwnProperty.call(message, "beganMicros") && (typeof message.beganMicros === "object" ? message.beganMicros.low || message.beganMicros.high : message.beganMicros !== 0))
                writer.uint32(8).uint64(message.beganMicros);
            if (message.endedMicros != null && $Object.hasOwnProperty.call(message, "endedMicros") && (typeof message.endedMicros === "object" ? message.endedMicros.low || message.endedMicros.high : message.endedMicros !== 0))
                writer.uint32(16).uint64(message.endedMicros);
            if (message.tookMicros != null && $Object.hasOwnProperty.call(message, "tookMicros") && (typeof message.tookMicros === "object" ? message.tookMicros.low || message.tookMicros.high : message.tookMicros !== 0))
                writer.uint32(24).uint64(message.tookMicros);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RescanStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.RescanStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.beganMicros = value;
                        else
                            delete message.beganMicros;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.endedMicros = value;
                        else
                            delete message.endedMicros;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.tookMicros = value;
                        else
                            delete message.tookMicros;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RescanStatus;
    })();

    leeward.FaultItem = (function() {

        const FaultItem = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        FaultItem.prototype.code = "";
        FaultItem.prototype.kind = "";
        FaultItem.prototype.message = "";
        FaultItem.prototype.sinceMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        FaultItem.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(10).string(message.code);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(18).string(message.kind);
            if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                writer.uint32(26).string(message.message);
            if (message.sinceMicros != null && $Object.hasOwnProperty.call(message, "sinceMicros") && (typeof message.sinceMicros === "object" ? message.sinceMicros.low || message.sinceMicros.high : message.sinceMicros !== 0))
                writer.uint32(32).uint64(message.sinceMicros);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        FaultItem.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.FaultItem();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.message = value;
                        else
                            delete message.message;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sinceMicros = value;
                        else
                            delete message.sinceMicros;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return FaultItem;
    })();

    leeward.ListCandidates = (function() {

        const ListCandidates = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ListCandidates.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ListCandidates.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ListCandidates();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ListCandidates;
    })();

    leeward.CandidateList = (function() {

        const CandidateList = function (properties) {
            this.items = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CandidateList.prototype.items = $util.emptyArray;

        CandidateList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.items != null && message.items.length)
                for (let i = 0; i < message.items.length; ++i)
                    $root.leeward.Candidate.encode(message.items[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CandidateList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CandidateList();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.items && message.items.length))
                            message.items = [];
                        message.items.push($root.leeward.Candidate.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CandidateList;
    })();

    leeward.Candidate = (function() {

        const Candidate = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Candidate.prototype.path = "";
        Candidate.prototype.kind = "";
        Candidate.prototype.sizeBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Candidate.prototype.refusal = "";
        Candidate.prototype.trackerRefusal = "";
        Candidate.prototype.rescanRefusal = "";

        Candidate.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                writer.uint32(10).string(message.path);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(18).string(message.kind);
            if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes") && (typeof message.sizeBytes === "object" ? message.sizeBytes.low || message.sizeBytes.high : message.sizeBytes !== 0))
                writer.uint32(24).uint64(message.sizeBytes);
            if (message.refusal != null && $Object.hasOwnProperty.call(message, "refusal") && message.refusal !== "")
                writer.uint32(34).string(message.refusal);
            if (message.trackerRefusal != null && $Object.hasOwnProperty.call(message, "trackerRefusal") && message.trackerRefusal !== "")
                writer.uint32(42).string(message.trackerRefusal);
            if (message.rescanRefusal != null && $Object.hasOwnProperty.call(message, "rescanRefusal") && message.rescanRefusal !== "")
                writer.uint32(50).string(message.rescanRefusal);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Candidate.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Candidate();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.path = value;
                        else
                            delete message.path;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sizeBytes = value;
                        else
                            delete message.sizeBytes;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.refusal = value;
                        else
                            delete message.refusal;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.trackerRefusal = value;
                        else
                            delete message.trackerRefusal;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.rescanRefusal = value;
                        else
                            delete message.rescanRefusal;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Candidate;
    })();

    leeward.CreatePoint = (function() {

        const CreatePoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CreatePoint.prototype.machineId = "";
        CreatePoint.prototype.consistency = "";

        CreatePoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.consistency != null && $Object.hasOwnProperty.call(message, "consistency") && message.consistency !== "")
                writer.uint32(18).string(message.consistency);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CreatePoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CreatePoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.consistency = value;
                        else
                            delete message.consistency;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CreatePoint;
    })();

    leeward.CreateGroupPoint = (function() {

        const CreateGroupPoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CreateGroupPoint.prototype.revisionId = "";
        CreateGroupPoint.prototype.consistency = "";

        CreateGroupPoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.revisionId != null && $Object.hasOwnProperty.call(message, "revisionId") && message.revisionId !== "")
                writer.uint32(10).string(message.revisionId);
            if (message.consistency != null && $Object.hasOwnProperty.call(message, "consistency") && message.consistency !== "")
                writer.uint32(18).string(message.consistency);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CreateGroupPoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CreateGroupPoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.revisionId = value;
                        else
                            delete message.revisionId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.consistency = value;
                        else
                            delete message.consistency;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CreateGroupPoint;
    })();

    leeward.GroupPointMade = (function() {

        const GroupPointMade = function (properties) {
            this.markedIds = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        GroupPointMade.prototype.pointId = "";
        GroupPointMade.prototype.markedIds = $util.emptyArray;

        GroupPointMade.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(10).string(message.pointId);
            if (message.markedIds != null && message.markedIds.length)
                for (let i = 0; i < message.markedIds.length; ++i)
                    writer.uint32(18).string(message.markedIds[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        GroupPointMade.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.GroupPointMade();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.markedIds && message.markedIds.length))
                            message.markedIds = [];
                        message.markedIds.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return GroupPointMade;
    })();

    leeward.AwaitPoint = (function() {

        const AwaitPoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AwaitPoint.prototype.pointId = "";

        AwaitPoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(10).string(message.pointId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AwaitPoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.AwaitPoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return AwaitPoint;
    })();

    leeward.RenewCertificate = (function() {

        const RenewCertificate = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RenewCertificate.prototype.csrPem = "";

        RenewCertificate.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.csrPem != null && $Object.hasOwnProperty.call(message, "csrPem") && message.csrPem !== "")
                writer.uint32(10).string(message.csrPem);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RenewCertificate.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.RenewCertificate();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.csrPem = value;
                        else
                            delete message.csrPem;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RenewCertificate;
    })();

    leeward.TakeTrust = (function() {

        const TakeTrust = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        TakeTrust.prototype.caPem = "";
        TakeTrust.prototype.crlPem = "";

        TakeTrust.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.caPem != null && $Object.hasOwnProperty.call(message, "caPem") && message.caPem !== "")
                writer.uint32(10).string(message.caPem);
            if (message.crlPem != null && $Object.hasOwnProperty.call(message, "crlPem") && message.crlPem !== "")
                writer.uint32(18).string(message.crlPem);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        TakeTrust.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.TakeTrust();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.caPem = value;
                        else
                            delete message.caPem;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.crlPem = value;
                        else
                            delete message.crlPem;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return TakeTrust;
    })();

    leeward.TrustTaken = (function() {

        const TrustTaken = function (properties) {
            this.authorities = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        TrustTaken.prototype.authorities = $util.emptyArray;
        TrustTaken.prototype.issuer = "";

        TrustTaken.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.authorities != null && message.authorities.length)
                for (let i = 0; i < message.authorities.length; ++i)
                    writer.uint32(10).string(message.authorities[i]);
            if (message.issuer != null && $Object.hasOwnProperty.call(message, "issuer") && message.issuer !== "")
                writer.uint32(18).string(message.issuer);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        TrustTaken.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.TrustTaken();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.authorities && message.authorities.length))
                            message.authorities = [];
                        message.authorities.push(reader.stringVerify());
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.issuer = value;
                        else
                            delete message.issuer;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return TrustTaken;
    })();

    leeward.Certificate = (function() {

        const Certificate = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Certificate.prototype.certificatePem = "";
        Certificate.prototype.caPem = "";
        Certificate.prototype.crlPem = "";

        Certificate.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.certificatePem != null && $Object.hasOwnProperty.call(message, "certificatePem") && message.certificatePem !== "")
                writer.uint32(10).string(message.certificatePem);
            if (message.caPem != null && $Object.hasOwnProperty.call(message, "caPem") && message.caPem !== "")
                writer.uint32(18).string(message.caPem);
            if (message.crlPem != null && $Object.hasOwnProperty.call(message, "crlPem") && message.crlPem !== "")
                writer.uint32(26).string(message.crlPem);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Certificate.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Certificate();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.certificatePem = value;
                        else
                            delete message.certificatePem;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.caPem = value;
                        else
                            delete message.caPem;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.crlPem = value;
                        else
                            delete message.crlPem;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Certificate;
    })();

    leeward.ProcessServerPlan = (function() {

        const ProcessServerPlan = function (properties) {
            this.disks = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ProcessServerPlan.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ProcessServerPlan.prototype.disks = $util.emptyArray;
        ProcessServerPlan.prototype.bandwidth = null;
        ProcessServerPlan.prototype.collected = null;

        ProcessServerPlan.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(8).uint64(message.version);
            if (message.disks != null && message.disks.length)
                for (let i = 0; i < message.disks.length; ++i)
                    $root.leeward.ForwardedDisk.encode(message.disks[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.bandwidth != null && $Object.hasOwnProperty.call(message, "bandwidth"))
                $root.leeward.Bandwidth.encode(message.bandwidth, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.collected != null && $Object.hasOwnProperty.call(message, "collected"))
                $root.leeward.CollectedMachines.encode(message.collected, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ProcessServerPlan.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ProcessServerPlan();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.disks && message.disks.length))
                            message.disks = [];
                        message.disks.push($root.leeward.ForwardedDisk.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.bandwidth = $root.leeward.Bandwidth.decode(reader, reader.size(), $undefined, _depth + 1, message.bandwidth);
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.collected = $root.leeward.CollectedMachines.decode(reader, reader.size(), $undefined, _depth + 1, message.collected);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ProcessServerPlan;
    })();

    leeward.CollectedMachines = (function() {

        const CollectedMachines = function (properties) {
            this.items = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CollectedMachines.prototype.items = $util.emptyArray;

        CollectedMachines.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.items != null && message.items.length)
                for (let i = 0; i < message.items.length; ++i)
                    $root.leeward.CollectedMachine.encode(message.items[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CollectedMachines.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CollectedMachines();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.items && message.items.length))
                            message.items = [];
                        message.items.push($root.leeward.CollectedMachine.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CollectedMachines;
    })();

    leeward.CollectedMachine = (function() {

        const CollectedMachine = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CollectedMachine.prototype.storeUrl = "";
        CollectedMachine.prototype.machine = null;

        CollectedMachine.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.storeUrl != null && $Object.hasOwnProperty.call(message, "storeUrl") && message.storeUrl !== "")
                writer.uint32(10).string(message.storeUrl);
            if (message.machine != null && $Object.hasOwnProperty.call(message, "machine"))
                $root.leeward.CachePeer.encode(message.machine, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CollectedMachine.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CollectedMachine();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.storeUrl = value;
                        else
                            delete message.storeUrl;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.machine = $root.leeward.CachePeer.decode(reader, reader.size(), $undefined, _depth + 1, message.machine);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CollectedMachine;
    })();

    leeward.ForwardedDisk = (function() {

        const ForwardedDisk = function (properties) {
            this.further = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ForwardedDisk.prototype.machineId = "";
        ForwardedDisk.prototype.diskId = "";
        ForwardedDisk.prototype.term = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ForwardedDisk.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ForwardedDisk.prototype.targetId = "";
        ForwardedDisk.prototype.targetAddress = null;
        ForwardedDisk.prototype.keyId = "";
        ForwardedDisk.prototype.wrappedKey = "";
        ForwardedDisk.prototype.codec = "";
        ForwardedDisk.prototype.cacheBytesMax = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ForwardedDisk.prototype.further = $util.emptyArray;

        ForwardedDisk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(18).string(message.diskId);
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                writer.uint32(24).uint64(message.term);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(32).uint64(message.epoch);
            if (message.targetId != null && $Object.hasOwnProperty.call(message, "targetId") && message.targetId !== "")
                writer.uint32(42).string(message.targetId);
            if (message.targetAddress != null && $Object.hasOwnProperty.call(message, "targetAddress"))
                $root.leeward.Address.encode(message.targetAddress, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.keyId != null && $Object.hasOwnProperty.call(message, "keyId") && message.keyId !== "")
                writer.uint32(58).string(message.keyId);
            if (message.wrappedKey != null && $Object.hasOwnProperty.call(message, "wrappedKey") && message.wrappedKey !== "")
                writer.uint32(66).string(message.wrappedKey);
            if (message.codec != null && $Object.hasOwnProperty.call(message, "codec") && message.codec !== "")
                writer.uint32(74).string(message.codec);
            if (message.cacheBytesMax != null && $Object.hasOwnProperty.call(message, "cacheBytesMax") && (typeof message.cacheBytesMax === "object" ? message.cacheBytesMax.low || message.cacheBytesMax.high : message.cacheBytesMax !== 0))
                writer.uint32(80).uint64(message.cacheBytesMax);
            if (message.further != null && message.further.length)
                for (let i = 0; i < message.further.length; ++i)
                    $root.leeward.FurtherTarget.encode(message.further[i], writer.uint32(90).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ForwardedDisk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ForwardedDisk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.targetId = value;
                        else
                            delete message.targetId;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.targetAddress = $root.leeward.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.targetAddress);
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.keyId = value;
                        else
                            delete message.keyId;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.wrappedKey = value;
                        else
                            delete message.wrappedKey;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.codec = value;
                        else
                            delete message.codec;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cacheBytesMax = value;
                        else
                            delete message.cacheBytesMax;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if (!(message.further && message.further.length))
                            message.further = [];
                        message.further.push($root.leeward.FurtherTarget.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ForwardedDisk;
    })();

    leeward.FurtherTarget = (function() {

        const FurtherTarget = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        FurtherTarget.prototype.targetId = "";
        FurtherTarget.prototype.address = null;

        FurtherTarget.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.targetId != null && $Object.hasOwnProperty.call(message, "targetId") && message.targetId !== "")
                writer.uint32(10).string(message.targetId);
            if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                $root.leeward.Address.encode(message.address, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        FurtherTarget.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.FurtherTarget();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.targetId = value;
                        else
                            delete message.targetId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.address = $root.leeward.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.address);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return FurtherTarget;
    })();

    leeward.ProcessServerStatus = (function() {

        const ProcessServerStatus = function (properties) {
            this.disks = [];
            this.links = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ProcessServerStatus.prototype.planVersion = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ProcessServerStatus.prototype.softwareVersion = "";
        ProcessServerStatus.prototype.dataAddress = null;
        ProcessServerStatus.prototype.disks = $util.emptyArray;
        ProcessServerStatus.prototype.cacheFreeBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ProcessServerStatus.prototype.cacheTotalBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ProcessServerStatus.prototype.health = null;
        ProcessServerStatus.prototype.bandwidth = null;
        ProcessServerStatus.prototype.links = $util.emptyArray;

        ProcessServerStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.planVersion != null && $Object.hasOwnProperty.call(message, "planVersion") && (typeof message.planVersion === "object" ? message.planVersion.low || message.planVersion.high : message.planVersion !== 0))
                writer.uint32(8).uint64(message.planVersion);
            if (message.softwareVersion != null && $Object.hasOwnProperty.call(message, "softwareVersion") && message.softwareVersion !== "")
                writer.uint32(18).string(message.softwareVersion);
            if (message.dataAddress != null && $Object.hasOwnProperty.call(message, "dataAddress"))
                $root.leeward.Address.encode(message.dataAddress, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.disks != null && message.disks.length)
                for (let i = 0; i < message.disks.length; ++i)
                    $root.leeward.ForwardStatus.encode(message.disks[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.cacheFreeBytes != null && $Object.hasOwnProperty.call(message, "cacheFreeBytes") && (typeof message.cacheFreeBytes === "object" ? message.cacheFreeBytes.low || message.cacheFreeBytes.high : message.cacheFreeBytes !== 0))
                writer.uint32(40).uint64(message.cacheFreeBytes);
            if (message.cacheTotalBytes != null && $Object.hasOwnProperty.call(message, "cacheTotalBytes") && (typeof message.cacheTotalBytes === "object" ? message.cacheTotalBytes.low || message.cacheTotalBytes.high : message.cacheTotalBytes !== 0))
                writer.uint32(48).uint64(message.cacheTotalBytes);
            if (message.health != null && $Object.hasOwnProperty.call(message, "health"))
                $root.leeward.HostHealth.encode(message.health, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.bandwidth != null && $Object.hasOwnProperty.call(message, "bandwidth"))
                $root.leeward.BandwidthStatus.encode(message.bandwidth, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.links != null && message.links.length)
                for (let i = 0; i < message.links.length; ++i)
                    $root.leeward.LinkStatus.encode(message.links[i], writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ProcessServerStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ProcessServerStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.planVersion = value;
                        else
                            delete message.planVersion;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.softwareVersion = value;
                        else
                            delete message.softwareVersion;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.dataAddress = $root.leeward.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.dataAddress);
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.disks && message.disks.length))
                            message.disks = [];
                        message.disks.push($root.leeward.ForwardStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cacheFreeBytes = value;
                        else
                            delete message.cacheFreeBytes;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cacheTotalBytes = value;
                        else
                            delete message.cacheTotalBytes;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.health = $root.leeward.HostHealth.decode(reader, reader.size(), $undefined, _depth + 1, message.health);
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.bandwidth = $root.leeward.BandwidthStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.bandwidth);
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.links && message.links.length))
                            message.links = [];
                        message.links.push($root.leeward.LinkStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ProcessServerStatus;
    })();

    leeward.ForwardStatus = (function() {

        const ForwardStatus = function (properties) {
            this.faults = [];
            this.further = [];
            this.stages = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ForwardStatus.prototype.diskId = "";
        ForwardStatus.prototype.cachedSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ForwardStatus.prototype.journaledSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ForwardStatus.prototype.cacheBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ForwardStatus.prototype.receivedBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ForwardStatus.prototype.forwardedBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ForwardStatus.prototype.faults = $util.emptyArray;
        ForwardStatus.prototype.further = $util.emptyArray;
        ForwardStatus.prototype.stages = $util.emptyArray;
        ForwardStatus.prototype.cutRawBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ForwardStatus.prototype.cutSealedBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ForwardStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.cachedSequence != null && $Object.hasOwnProperty.call(message, "cachedSequence") && (typeof message.cachedSequence === "object" ? message.cachedSequence.low || message.cachedSequence.high : message.cachedSequence !== 0))
                writer.uint32(16).uint64(message.cachedSequence);
            if (message.journaledSequence != null && $Object.hasOwnProperty.call(message, "journaledSequence") && (typeof message.journaledSequence === "object" ? message.journaledSequence.low || message.journaledSequence.high : message.journaledSequence !== 0))
                writer.uint32(24).uint64(message.journaledSequence);
            if (message.cacheBytes != null && $Object.hasOwnProperty.call(message, "cacheBytes") && (typeof message.cacheBytes === "object" ? message.cacheBytes.low || message.cacheBytes.high : message.cacheBytes !== 0))
                writer.uint32(32).uint64(message.cacheBytes);
            if (message.receivedBytes != null && $Object.hasOwnProperty.call(message, "receivedBytes") && (typeof message.receivedBytes === "object" ? message.receivedBytes.low || message.receivedBytes.high : message.receivedBytes !== 0))
                writer.uint32(40).uint64(message.receivedBytes);
            if (message.forwardedBytes != null && $Object.hasOwnProperty.call(message, "forwardedBytes") && (typeof message.forwardedBytes === "object" ? message.forwardedBytes.low || message.forwardedBytes.high : message.forwardedBytes !== 0))
                writer.uint32(48).uint64(message.forwardedBytes);
            if (message.faults != null && message.faults.length)
                for (let i = 0; i < message.faults.length; ++i)
                    $root.leeward.FaultItem.encode(message.faults[i], writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.further != null && message.further.length)
                for (let i = 0; i < message.further.length; ++i)
                    $root.leeward.FurtherStatus.encode(message.further[i], writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.stages != null && message.stages.length)
                for (let i = 0; i < message.stages.length; ++i)
                    $root.leeward.StageStatus.encode(message.stages[i], writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.cutRawBytes != null && $Object.hasOwnProperty.call(message, "cutRawBytes") && (typeof message.cutRawBytes === "object" ? message.cutRawBytes.low || message.cutRawBytes.high : message.cutRawBytes !== 0))
                writer.uint32(80).uint64(message.cutRawBytes);
            if (message.cutSealedBytes != null && $Object.hasOwnProperty.call(message, "cutSealedBytes") && (typeof message.cutSealedBytes === "object" ? message.cutSealedBytes.low || message.cutSealedBytes.high : message.cutSealedBytes !== 0))
                writer.uint32(88).uint64(message.cutSealedBytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ForwardStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ForwardStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cachedSequence = value;
                        else
                            delete message.cachedSequence;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.journaledSequence = value;
                        else
                            delete message.journaledSequence;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cacheBytes = value;
                        else
                            delete message.cacheBytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.receivedBytes = value;
                        else
                            delete message.receivedBytes;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.forwardedBytes = value;
                        else
                            delete message.forwardedBytes;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.faults && message.faults.length))
                            message.faults = [];
                        message.faults.push($root.leeward.FaultItem.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if (!(message.further && message.further.length))
                            message.further = [];
                        message.further.push($root.leeward.FurtherStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.stages && message.stages.length))
                            message.stages = [];
                        message.stages.push($root.leeward.StageStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cutRawBytes = value;
                        else
                            delete message.cutRawBytes;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cutSealedBytes = value;
                        else
                            delete message.cutSealedBytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ForwardStatus;
    })();

    leeward.FurtherStatus = (function() {

        const FurtherStatus = function (properties) {
            this.faults = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        FurtherStatus.prototype.targetId = "";
        FurtherStatus.prototype.journaledSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        FurtherStatus.prototype.state = "";
        FurtherStatus.prototype.heldBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        FurtherStatus.prototype.forwardedBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        FurtherStatus.prototype.faults = $util.emptyArray;

        FurtherStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.targetId != null && $Object.hasOwnProperty.call(message, "targetId") && message.targetId !== "")
                writer.uint32(10).string(message.targetId);
            if (message.journaledSequence != null && $Object.hasOwnProperty.call(message, "journaledSequence") && (typeof message.journaledSequence === "object" ? message.journaledSequence.low || message.journaledSequence.high : message.journaledSequence !== 0))
                writer.uint32(16).uint64(message.journaledSequence);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(26).string(message.state);
            if (message.heldBytes != null && $Object.hasOwnProperty.call(message, "heldBytes") && (typeof message.heldBytes === "object" ? message.heldBytes.low || message.heldBytes.high : message.heldBytes !== 0))
                writer.uint32(32).uint64(message.heldBytes);
            if (message.forwardedBytes != null && $Object.hasOwnProperty.call(message, "forwardedBytes") && (typeof message.forwardedBytes === "object" ? message.forwardedBytes.low || message.forwardedBytes.high : message.forwardedBytes !== 0))
                writer.uint32(40).uint64(message.forwardedBytes);
            if (message.faults != null && message.faults.length)
                for (let i = 0; i < message.faults.length; ++i)
                    $root.leeward.FaultItem.encode(message.faults[i], writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        FurtherStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.FurtherStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.targetId = value;
                        else
                            delete message.targetId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.journaledSequence = value;
                        else
                            delete message.journaledSequence;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.heldBytes = value;
                        else
                            delete message.heldBytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.forwardedBytes = value;
                        else
                            delete message.forwardedBytes;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.faults && message.faults.length))
                            message.faults = [];
                        message.faults.push($root.leeward.FaultItem.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return FurtherStatus;
    })();

    leeward.HostHealth = (function() {

        const HostHealth = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HostHealth.prototype.cpuFraction = 0;
        HostHealth.prototype.memoryFraction = 0;
        HostHealth.prototype.residentBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        HostHealth.prototype.cpuMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        HostHealth.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.cpuFraction != null && $Object.hasOwnProperty.call(message, "cpuFraction") && !$Object.is(message.cpuFraction, 0))
                writer.uint32(9).double(message.cpuFraction);
            if (message.memoryFraction != null && $Object.hasOwnProperty.call(message, "memoryFraction") && !$Object.is(message.memoryFraction, 0))
                writer.uint32(17).double(message.memoryFraction);
            if (message.residentBytes != null && $Object.hasOwnProperty.call(message, "residentBytes") && (typeof message.residentBytes === "object" ? message.residentBytes.low || message.residentBytes.high : message.residentBytes !== 0))
                writer.uint32(24).uint64(message.residentBytes);
            if (message.cpuMicros != null && $Object.hasOwnProperty.call(message, "cpuMicros") && (typeof message.cpuMicros === "object" ? message.cpuMicros.low || message.cpuMicros.high : message.cpuMicros !== 0))
                writer.uint32(32).uint64(message.cpuMicros);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HostHealth.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.HostHealth();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.cpuFraction = value;
                        else
                            delete message.cpuFraction;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.memoryFraction = value;
                        else
                            delete message.memoryFraction;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.residentBytes = value;
                        else
                            delete message.residentBytes;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cpuMicros = value;
                        else
                            delete message.cpuMicros;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HostHealth;
    })();

    leeward.WrapKey = (function() {

        const WrapKey = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        WrapKey.prototype.diskId = "";
        WrapKey.prototype.keyId = "";
        WrapKey.prototype.recipient = "";
        WrapKey.prototype.publicKeyPem = "";

        WrapKey.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.keyId != null && $Object.hasOwnProperty.call(message, "keyId") && message.keyId !== "")
                writer.uint32(18).string(message.keyId);
            if (message.recipient != null && $Object.hasOwnProperty.call(message, "recipient") && message.recipient !== "")
                writer.uint32(26).string(message.recipient);
            if (message.publicKeyPem != null && $Object.hasOwnProperty.call(message, "publicKeyPem") && message.publicKeyPem !== "")
                writer.uint32(34).string(message.publicKeyPem);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        WrapKey.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.WrapKey();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.keyId = value;
                        else
                            delete message.keyId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.recipient = value;
                        else
                            delete message.recipient;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.publicKeyPem = value;
                        else
                            delete message.publicKeyPem;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return WrapKey;
    })();

    leeward.MasterTargetPlan = (function() {

        const MasterTargetPlan = function (properties) {
            this.disks = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MasterTargetPlan.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        MasterTargetPlan.prototype.disks = $util.emptyArray;

        MasterTargetPlan.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(8).uint64(message.version);
            if (message.disks != null && message.disks.length)
                for (let i = 0; i < message.disks.length; ++i)
                    $root.leeward.TargetDisk.encode(message.disks[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MasterTargetPlan.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.MasterTargetPlan();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.disks && message.disks.length))
                            message.disks = [];
                        message.disks.push($root.leeward.TargetDisk.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return MasterTargetPlan;
    })();

    leeward.WrappedKey = (function() {

        const WrappedKey = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        WrappedKey.prototype.recipient = "";
        WrappedKey.prototype.jwe = "";

        WrappedKey.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.recipient != null && $Object.hasOwnProperty.call(message, "recipient") && message.recipient !== "")
                writer.uint32(10).string(message.recipient);
            if (message.jwe != null && $Object.hasOwnProperty.call(message, "jwe") && message.jwe !== "")
                writer.uint32(18).string(message.jwe);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        WrappedKey.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.WrappedKey();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.recipient = value;
                        else
                            delete message.recipient;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jwe = value;
                        else
                            delete message.jwe;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return WrappedKey;
    })();

    leeward.TargetDisk = (function() {

        const TargetDisk = function (properties) {
            this.wrappedKeys = [];
            this.thinningTiers = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        TargetDisk.prototype.machineId = "";
        TargetDisk.prototype.machineName = "";
        TargetDisk.prototype.diskId = "";
        TargetDisk.prototype.diskName = "";
        TargetDisk.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        TargetDisk.prototype.term = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        TargetDisk.prototype.processServerId = "";
        TargetDisk.prototype.keyId = "";
        TargetDisk.prototype.wrappedKeys = $util.emptyArray;
        TargetDisk.prototype.retentionSeconds = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        TargetDisk.prototype.retentionBytesMax = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        TargetDisk.prototype.intake = false;
        TargetDisk.prototype.thinningTiers = $util.emptyArray;

        TargetDisk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.machineName != null && $Object.hasOwnProperty.call(message, "machineName") && message.machineName !== "")
                writer.uint32(18).string(message.machineName);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(26).string(message.diskId);
            if (message.diskName != null && $Object.hasOwnProperty.call(message, "diskName") && message.diskName !== "")
                writer.uint32(34).string(message.diskName);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(40).uint64(message.epoch);
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                writer.uint32(48).uint64(message.term);
            if (message.processServerId != null && $Object.hasOwnProperty.call(message, "processServerId") && message.processServerId !== "")
                writer.uint32(58).string(message.processServerId);
            if (message.keyId != null && $Object.hasOwnProperty.call(message, "keyId") && message.keyId !== "")
                writer.uint32(66).string(message.keyId);
            if (message.wrappedKeys != null && message.wrappedKeys.length)
                for (let i = 0; i < message.wrappedKeys.length; ++i)
                    $root.leeward.WrappedKey.encode(message.wrappedKeys[i], writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.retentionSeconds != null && $Object.hasOwnProperty.call(message, "retentionSeconds") && (typeof message.retentionSeconds === "object" ? message.retentionSeconds.low || message.retentionSeconds.high : message.retentionSeconds !== 0))
                writer.uint32(80).uint64(message.retentionSeconds);
            if (message.retentionBytesMax != null && $Object.hasOwnProperty.call(message, "retentionBytesMax") && (typeof message.retentionBytesMax === "object" ? message.retentionBytesMax.low || message.retentionBytesMax.high : message.retentionBytesMax !== 0))
                writer.uint32(88).uint64(message.retentionBytesMax);
            if (message.intake != null && $Object.hasOwnProperty.call(message, "intake") && message.intake !== false)
                writer.uint32(96).bool(message.intake);
            if (message.thinningTiers != null && message.thinningTiers.length)
                for (let i = 0; i < message.thinningTiers.length; ++i)
                    $root.leeward.ThinningTier.encode(message.thinningTiers[i], writer.uint32(106).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        TargetDisk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.TargetDisk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineName = value;
                        else
                            delete message.machineName;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskName = value;
                        else
                            delete message.diskName;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.processServerId = value;
                        else
                            delete message.processServerId;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.keyId = value;
                        else
                            delete message.keyId;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.wrappedKeys && message.wrappedKeys.length))
                            message.wrappedKeys = [];
                        message.wrappedKeys.push($root.leeward.WrappedKey.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.retentionSeconds = value;
                        else
                            delete message.retentionSeconds;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.retentionBytesMax = value;
                        else
                            delete message.retentionBytesMax;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.intake = value;
                        else
                            delete message.intake;
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        if (!(message.thinningTiers && message.thinningTiers.length))
                            message.thinningTiers = [];
                        message.thinningTiers.push($root.leeward.ThinningTier.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return TargetDisk;
    })();

    leeward.ThinningTier = (function() {

        const ThinningTier = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ThinningTier.prototype.afterSeconds = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ThinningTier.prototype.stepSeconds = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ThinningTier.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.afterSeconds != null && $Object.hasOwnProperty.call(message, "afterSeconds") && (typeof message.afterSeconds === "object" ? message.afterSeconds.low || message.afterSeconds.high : message.afterSeconds !== 0))
                writer.uint32(8).uint64(message.afterSeconds);
            if (message.stepSeconds != null && $Object.hasOwnProperty.call(message, "stepSeconds") && (typeof message.stepSeconds === "object" ? message.stepSeconds.low || message.stepSeconds.high : message.stepSeconds !== 0))
                writer.uint32(16).uint64(message.stepSeconds);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ThinningTier.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ThinningTier();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.afterSeconds = value;
                        else
                            delete message.afterSeconds;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.stepSeconds = value;
                        else
                            delete message.stepSeconds;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ThinningTier;
    })();

    leeward.MasterTargetStatus = (function() {

        const MasterTargetStatus = function (properties) {
            this.disks = [];
            this.saves = [];
            this.replicas = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MasterTargetStatus.prototype.planVersion = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        MasterTargetStatus.prototype.softwareVersion = "";
        MasterTargetStatus.prototype.targetAddress = null;
        MasterTargetStatus.prototype.disks = $util.emptyArray;
        MasterTargetStatus.prototype.freeBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        MasterTargetStatus.prototype.totalBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        MasterTargetStatus.prototype.health = null;
        MasterTargetStatus.prototype.saves = $util.emptyArray;
        MasterTargetStatus.prototype.replicas = $util.emptyArray;
        MasterTargetStatus.prototype.store = null;

        MasterTargetStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.planVersion != null && $Object.hasOwnProperty.call(message, "planVersion") && (typeof message.planVersion === "object" ? message.planVersion.low || message.planVersion.high : message.planVersion !== 0))
                writer.uint32(8).uint64(message.planVersion);
            if (message.softwareVersion != null && $Object.hasOwnProperty.call(message, "softwareVersion") && message.softwareVersion !== "")
                writer.uint32(18).string(message.softwareVersion);
            if (message.targetAddress != null && $Object.hasOwnProperty.call(message, "targetAddress"))
                $root.leeward.Address.encode(message.targetAddress, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.disks != null && message.disks.length)
                for (let i = 0; i < message.disks.length; ++i)
                    $root.leeward.TargetDiskStatus.encode(message.disks[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.freeBytes != null && $Object.hasOwnProperty.call(message, "freeBytes") && (typeof message.freeBytes === "object" ? message.freeBytes.low || message.freeBytes.high : message.freeBytes !== 0))
                writer.uint32(40).uint64(message.freeBytes);
            if (message.totalBytes != null && $Object.hasOwnProperty.call(message, "totalBytes") && (typeof message.totalBytes === "object" ? message.totalBytes.low || message.totalBytes.high : message.totalBytes !== 0))
                writer.uint32(48).uint64(message.totalBytes);
            if (message.health != null && $Object.hasOwnProperty.call(message, "health"))
                $root.leeward.HostHealth.encode(message.health, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.saves != null && message.saves.length)
                for (let i = 0; i < message.saves.length; ++i)
                    $root.leeward.SaveStatus.encode(message.saves[i], writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.replicas != null && message.replicas.length)
                for (let i = 0; i < message.replicas.length; ++i)
                    $root.leeward.ReplicaStatus.encode(message.replicas[i], writer.uint32(482).fork(), _depth + 1).ldelim();
            if (message.store != null && $Object.hasOwnProperty.call(message, "store"))
                $root.leeward.StoreStatus.encode(message.store, writer.uint32(490).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MasterTargetStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.MasterTargetStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.planVersion = value;
                        else
                            delete message.planVersion;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.softwareVersion = value;
                        else
                            delete message.softwareVersion;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.targetAddress = $root.leeward.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.targetAddress);
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.disks && message.disks.length))
                            message.disks = [];
                        message.disks.push($root.leeward.TargetDiskStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.freeBytes = value;
                        else
                            delete message.freeBytes;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.totalBytes = value;
                        else
                            delete message.totalBytes;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.health = $root.leeward.HostHealth.decode(reader, reader.size(), $undefined, _depth + 1, message.health);
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if (!(message.saves && message.saves.length))
                            message.saves = [];
                        message.saves.push($root.leeward.SaveStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 60: {
                        if (wireType !== 2)
                            break;
                        if (!(message.replicas && message.replicas.length))
                            message.replicas = [];
                        message.replicas.push($root.leeward.ReplicaStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 61: {
                        if (wireType !== 2)
                            break;
                        message.store = $root.leeward.StoreStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.store);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return MasterTargetStatus;
    })();

    leeward.StoreStatus = (function() {

        const StoreStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        StoreStatus.prototype.place = "";
        StoreStatus.prototype.leased = false;
        StoreStatus.prototype.puts = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StoreStatus.prototype.gets = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StoreStatus.prototype.lists = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StoreStatus.prototype.removes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StoreStatus.prototype.retries = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StoreStatus.prototype.sentBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StoreStatus.prototype.receivedBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StoreStatus.prototype.requestsPerGb = 0;
        StoreStatus.prototype.heldLocks = null;

        StoreStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.place != null && $Object.hasOwnProperty.call(message, "place") && message.place !== "")
                writer.uint32(10).string(message.place);
            if (message.leased != null && $Object.hasOwnProperty.call(message, "leased") && message.leased !== false)
                writer.uint32(16).bool(message.leased);
            if (message.puts != null && $Object.hasOwnProperty.call(message, "puts") && (typeof message.puts === "object" ? message.puts.low || message.puts.high : message.puts !== 0))
                writer.uint32(24).uint64(message.puts);
            if (message.gets != null && $Object.hasOwnProperty.call(message, "gets") && (typeof message.gets === "object" ? message.gets.low || message.gets.high : message.gets !== 0))
                writer.uint32(32).uint64(message.gets);
            if (message.lists != null && $Object.hasOwnProperty.call(message, "lists") && (typeof message.lists === "object" ? message.lists.low || message.lists.high : message.lists !== 0))
                writer.uint32(40).uint64(message.lists);
            if (message.removes != null && $Object.hasOwnProperty.call(message, "removes") && (typeof message.removes === "object" ? message.removes.low || message.removes.high : message.removes !== 0))
                writer.uint32(48).uint64(message.removes);
            if (message.retries != null && $Object.hasOwnProperty.call(message, "retries") && (typeof message.retries === "object" ? message.retries.low || message.retries.high : message.retries !== 0))
                writer.uint32(56).uint64(message.retries);
            if (message.sentBytes != null && $Object.hasOwnProperty.call(message, "sentBytes") && (typeof message.sentBytes === "object" ? message.sentBytes.low || message.sentBytes.high : message.sentBytes !== 0))
                writer.uint32(64).uint64(message.sentBytes);
            if (message.receivedBytes != null && $Object.hasOwnProperty.call(message, "receivedBytes") && (typeof message.receivedBytes === "object" ? message.receivedBytes.low || message.receivedBytes.high : message.receivedBytes !== 0))
                writer.uint32(72).uint64(message.receivedBytes);
            if (message.requestsPerGb != null && $Object.hasOwnProperty.call(message, "requestsPerGb") && !$Object.is(message.requestsPerGb, 0))
                writer.uint32(81).double(message.requestsPerGb);
            if (message.heldLocks != null && $Object.hasOwnProperty.call(message, "heldLocks"))
                $root.leeward.HeldLocks.encode(message.heldLocks, writer.uint32(90).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        StoreStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.StoreStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.place = value;
                        else
                            delete message.place;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.leased = value;
                        else
                            delete message.leased;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.puts = value;
                        else
                            delete message.puts;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.gets = value;
                        else
                            delete message.gets;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.lists = value;
                        else
                            delete message.lists;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.removes = value;
                        else
                            delete message.removes;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.retries = value;
                        else
                            delete message.retries;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sentBytes = value;
                        else
                            delete message.sentBytes;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.receivedBytes = value;
                        else
                            delete message.receivedBytes;
                        continue;
                    }
                case 10: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.requestsPerGb = value;
                        else
                            delete message.requestsPerGb;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        message.heldLocks = $root.leeward.HeldLocks.decode(reader, reader.size(), $undefined, _depth + 1, message.heldLocks);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return StoreStatus;
    })();

    leeward.HeldLocks = (function() {

        const HeldLocks = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HeldLocks.prototype.locks = 0;
        HeldLocks.prototype.held = 0;

        HeldLocks.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.locks != null && $Object.hasOwnProperty.call(message, "locks") && message.locks !== 0)
                writer.uint32(8).uint32(message.locks);
            if (message.held != null && $Object.hasOwnProperty.call(message, "held") && message.held !== 0)
                writer.uint32(16).uint32(message.held);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HeldLocks.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.HeldLocks();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.locks = value;
                        else
                            delete message.locks;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.held = value;
                        else
                            delete message.held;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HeldLocks;
    })();

    leeward.SaveStatus = (function() {

        const SaveStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SaveStatus.prototype.jobId = "";
        SaveStatus.prototype.progress = null;

        SaveStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId") && message.jobId !== "")
                writer.uint32(10).string(message.jobId);
            if (message.progress != null && $Object.hasOwnProperty.call(message, "progress"))
                $root.leeward.CopyProgress.encode(message.progress, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        SaveStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.SaveStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jobId = value;
                        else
                            delete message.jobId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.progress = $root.leeward.CopyProgress.decode(reader, reader.size(), $undefined, _depth + 1, message.progress);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return SaveStatus;
    })();

    leeward.TargetDiskStatus = (function() {

        const TargetDiskStatus = function (properties) {
            this.faults = [];
            this.stages = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        TargetDiskStatus.prototype.diskId = "";
        TargetDiskStatus.prototype.branch = "";
        TargetDiskStatus.prototype.journaledSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        TargetDiskStatus.prototype.newestPointMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        TargetDiskStatus.prototype.oldestPointMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        TargetDiskStatus.prototype.pointCount = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        TargetDiskStatus.prototype.journalBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        TargetDiskStatus.prototype.history = "";
        TargetDiskStatus.prototype.faults = $util.emptyArray;
        TargetDiskStatus.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        TargetDiskStatus.prototype.merging = null;
        TargetDiskStatus.prototype.forecast = null;
        TargetDiskStatus.prototype.heldExcess = null;
        TargetDiskStatus.prototype.copyNeeded = false;
        TargetDiskStatus.prototype.stages = $util.emptyArray;
        TargetDiskStatus.prototype.newestPointId = "";

        TargetDiskStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.journaledSequence != null && $Object.hasOwnProperty.call(message, "journaledSequence") && (typeof message.journaledSequence === "object" ? message.journaledSequence.low || message.journaledSequence.high : message.journaledSequence !== 0))
                writer.uint32(24).uint64(message.journaledSequence);
            if (message.newestPointMicros != null && $Object.hasOwnProperty.call(message, "newestPointMicros") && (typeof message.newestPointMicros === "object" ? message.newestPointMicros.low || message.newestPointMicros.high : message.newestPointMicros !== 0))
                writer.uint32(32).uint64(message.newestPointMicros);
            if (message.oldestPointMicros != null && $Object.hasOwnProperty.call(message, "oldestPointMicros") && (typeof message.oldestPointMicros === "object" ? message.oldestPointMicros.low || message.oldestPointMicros.high : message.oldestPointMicros !== 0))
                writer.uint32(40).uint64(message.oldestPointMicros);
            if (message.pointCount != null && $Object.hasOwnProperty.call(message, "pointCount") && (typeof message.pointCount === "object" ? message.pointCount.low || message.pointCount.high : message.pointCount !== 0))
                writer.uint32(48).uint64(message.pointCount);
            if (message.journalBytes != null && $Object.hasOwnProperty.call(message, "journalBytes") && (typeof message.journalBytes === "object" ? message.journalBytes.low || message.journalBytes.high : message.journalBytes !== 0))
                writer.uint32(56).uint64(message.journalBytes);
            if (message.history != null && $Object.hasOwnProperty.call(message, "history") && message.history !== "")
                writer.uint32(66).string(message.history);
            if (message.faults != null && message.faults.length)
                for (let i = 0; i < message.faults.length; ++i)
                    $root.leeward.FaultItem.encode(message.faults[i], writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(80).uint64(message.epoch);
            if (message.merging != null && $Object.hasOwnProperty.call(message, "merging"))
                $root.leeward.CopyProgress.encode(message.merging, writer.uint32(90).fork(), _depth + 1).ldelim();
            if (message.forecast != null && $Object.hasOwnProperty.call(message, "forecast"))
                $root.leeward.HistoryForecast.encode(message.forecast, writer.uint32(98).fork(), _depth + 1).ldelim();
            if (message.heldExcess != null && $Object.hasOwnProperty.call(message, "heldExcess"))
                $root.leeward.HeldExcess.encode(message.heldExcess, writer.uint32(106).fork(), _depth + 1).ldelim();
            if (message.copyNeeded != null && $Object.hasOwnProperty.call(message, "copyNeeded") && message.copyNeeded !== false)
                writer.uint32(112).bool(message.copyNeeded);
            if (message.stages != null && message.stages.length)
                for (let i = 0; i < message.stages.length; ++i)
                    $root.leeward.StageStatus.encode(message.stages[i], writer.uint32(122).fork(), _depth + 1).ldelim();
            if (message.newestPointId != null && $Object.hasOwnProperty.call(message, "newestPointId") && message.newestPointId !== "")
                writer.uint32(130).string(message.newestPointId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        TargetDiskStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.TargetDiskStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.journaledSequence = value;
                        else
                            delete message.journaledSequence;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.newestPointMicros = value;
                        else
                            delete message.newestPointMicros;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.oldestPointMicros = value;
                        else
                            delete message.oldestPointMicros;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.pointCount = value;
                        else
                            delete message.pointCount;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.journalBytes = value;
                        else
                            delete message.journalBytes;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.history = value;
                        else
                            delete message.history;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.faults && message.faults.length))
                            message.faults = [];
                        message.faults.push($root.leeward.FaultItem.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        message.merging = $root.leeward.CopyProgress.decode(reader, reader.size(), $undefined, _depth + 1, message.merging);
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        message.forecast = $root.leeward.HistoryForecast.decode(reader, reader.size(), $undefined, _depth + 1, message.forecast);
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        message.heldExcess = $root.leeward.HeldExcess.decode(reader, reader.size(), $undefined, _depth + 1, message.heldExcess);
                        continue;
                    }
                case 14: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.copyNeeded = value;
                        else
                            delete message.copyNeeded;
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        if (!(message.stages && message.stages.length))
                            message.stages = [];
                        message.stages.push($root.leeward.StageStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.newestPointId = value;
                        else
                            delete message.newestPointId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return TargetDiskStatus;
    })();

    leeward.HistoryForecast = (function() {

        const HistoryForecast = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HistoryForecast.prototype.atMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        HistoryForecast.prototype.reachSeconds = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        HistoryForecast.prototype.reachLeftSeconds = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        HistoryForecast.prototype.growthBytesPerSecond = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        HistoryForecast.prototype.bytesMax = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        HistoryForecast.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.atMicros != null && $Object.hasOwnProperty.call(message, "atMicros") && (typeof message.atMicros === "object" ? message.atMicros.low || message.atMicros.high : message.atMicros !== 0))
                writer.uint32(8).uint64(message.atMicros);
            if (message.reachSeconds != null && $Object.hasOwnProperty.call(message, "reachSeconds") && (typeof message.reachSeconds === "object" ? message.reachSeconds.low || message.reachSeconds.high : message.reachSeconds !== 0))
                writer.uint32(16).uint64(message.reachSeconds);
            if (message.reachLeftSeconds != null && $Object.hasOwnProperty.call(message, "reachLeftSeconds") && (typeof message.reachLeftSeconds === "object" ? message.reachLeftSeconds.low || message.reachLeftSeconds.high : message.reachLeftSeconds !== 0))
                writer.uint32(24).uint64(message.reachLeftSeconds);
            if (message.growthBytesPerSecond != null && $Object.hasOwnProperty.call(message, "growthBytesPerSecond") && (typeof message.growthBytesPerSecond === "object" ? message.growthBytesPerSecond.low || message.growthBytesPerSecond.high : message.growthBytesPerSecond !== 0))
                writer.uint32(32).uint64(message.growthBytesPerSecond);
            if (message.bytesMax != null && $Object.hasOwnProperty.call(message, "bytesMax") && (typeof message.bytesMax === "object" ? message.bytesMax.low || message.bytesMax.high : message.bytesMax !== 0))
                writer.uint32(40).uint64(message.bytesMax);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HistoryForecast.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.HistoryForecast();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.atMicros = value;
                        else
                            delete message.atMicros;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.reachSeconds = value;
                        else
                            delete message.reachSeconds;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.reachLeftSeconds = value;
                        else
                            delete message.reachLeftSeconds;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.growthBytesPerSecond = value;
                        else
                            delete message.growthBytesPerSecond;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytesMax = value;
                        else
                            delete message.bytesMax;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HistoryForecast;
    })();

    leeward.HeldExcess = (function() {

        const HeldExcess = function (properties) {
            this.holders = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HeldExcess.prototype.bytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        HeldExcess.prototype.bytesMax = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        HeldExcess.prototype.pointCount = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        HeldExcess.prototype.holders = $util.emptyArray;

        HeldExcess.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && (typeof message.bytes === "object" ? message.bytes.low || message.bytes.high : message.bytes !== 0))
                writer.uint32(8).uint64(message.bytes);
            if (message.bytesMax != null && $Object.hasOwnProperty.call(message, "bytesMax") && (typeof message.bytesMax === "object" ? message.bytesMax.low || message.bytesMax.high : message.bytesMax !== 0))
                writer.uint32(16).uint64(message.bytesMax);
            if (message.pointCount != null && $Object.hasOwnProperty.call(message, "pointCount") && (typeof message.pointCount === "object" ? message.pointCount.low || message.pointCount.high : message.pointCount !== 0))
                writer.uint32(24).uint64(message.pointCount);
            if (message.holders != null && message.holders.length)
                for (let i = 0; i < message.holders.length; ++i)
                    $root.leeward.PointHolder.encode(message.holders[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HeldExcess.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.HeldExcess();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytesMax = value;
                        else
                            delete message.bytesMax;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.pointCount = value;
                        else
                            delete message.pointCount;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.holders && message.holders.length))
                            message.holders = [];
                        message.holders.push($root.leeward.PointHolder.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HeldExcess;
    })();

    leeward.PointHolder = (function() {

        const PointHolder = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PointHolder.prototype.pointId = "";
        PointHolder.prototype.timeMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointHolder.prototype.kind = "";
        PointHolder.prototype.owner = "";
        PointHolder.prototype.reason = "";
        PointHolder.prototype.untilMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        PointHolder.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(10).string(message.pointId);
            if (message.timeMicros != null && $Object.hasOwnProperty.call(message, "timeMicros") && (typeof message.timeMicros === "object" ? message.timeMicros.low || message.timeMicros.high : message.timeMicros !== 0))
                writer.uint32(16).uint64(message.timeMicros);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(26).string(message.kind);
            if (message.owner != null && $Object.hasOwnProperty.call(message, "owner") && message.owner !== "")
                writer.uint32(34).string(message.owner);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(42).string(message.reason);
            if (message.untilMicros != null && $Object.hasOwnProperty.call(message, "untilMicros") && (typeof message.untilMicros === "object" ? message.untilMicros.low || message.untilMicros.high : message.untilMicros !== 0))
                writer.uint32(48).uint64(message.untilMicros);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PointHolder.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PointHolder();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.timeMicros = value;
                        else
                            delete message.timeMicros;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.owner = value;
                        else
                            delete message.owner;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.untilMicros = value;
                        else
                            delete message.untilMicros;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PointHolder;
    })();

    leeward.ListPoints = (function() {

        const ListPoints = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ListPoints.prototype.machineId = "";
        ListPoints.prototype.fromMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ListPoints.prototype.toMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ListPoints.prototype.itemsMax = 0;
        ListPoints.prototype.lockedOnly = false;

        ListPoints.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.fromMicros != null && $Object.hasOwnProperty.call(message, "fromMicros") && (typeof message.fromMicros === "object" ? message.fromMicros.low || message.fromMicros.high : message.fromMicros !== 0))
                writer.uint32(16).uint64(message.fromMicros);
            if (message.toMicros != null && $Object.hasOwnProperty.call(message, "toMicros") && (typeof message.toMicros === "object" ? message.toMicros.low || message.toMicros.high : message.toMicros !== 0))
                writer.uint32(24).uint64(message.toMicros);
            if (message.itemsMax != null && $Object.hasOwnProperty.call(message, "itemsMax") && message.itemsMax !== 0)
                writer.uint32(32).uint32(message.itemsMax);
            if (message.lockedOnly != null && $Object.hasOwnProperty.call(message, "lockedOnly") && message.lockedOnly !== false)
                writer.uint32(40).bool(message.lockedOnly);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ListPoints.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ListPoints();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.fromMicros = value;
                        else
                            delete message.fromMicros;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.toMicros = value;
                        else
                            delete message.toMicros;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.itemsMax = value;
                        else
                            delete message.itemsMax;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.lockedOnly = value;
                        else
                            delete message.lockedOnly;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ListPoints;
    })();

    leeward.PointList = (function() {

        const PointList = function (properties) {
            this.items = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PointList.prototype.items = $util.emptyArray;
        PointList.prototype.more = false;

        PointList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.items != null && message.items.length)
                for (let i = 0; i < message.items.length; ++i)
                    $root.leeward.PointItem.encode(message.items[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.more != null && $Object.hasOwnProperty.call(message, "more") && message.more !== false)
                writer.uint32(16).bool(message.more);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PointList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PointList();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.items && message.items.length))
                            message.items = [];
                        message.items.push($root.leeward.PointItem.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.more = value;
                        else
                            delete message.more;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PointList;
    })();

    leeward.PointItem = (function() {

        const PointItem = function (properties) {
            this.members = [];
            this.missingDiskIds = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PointItem.prototype.id = "";
        PointItem.prototype.machineId = "";
        PointItem.prototype.timeMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointItem.prototype.validUntilMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointItem.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointItem.prototype.kind = "";
        PointItem.prototype.consistency = "";
        PointItem.prototype.members = $util.emptyArray;
        PointItem.prototype.locked = false;
        PointItem.prototype.missingDiskIds = $util.emptyArray;
        PointItem.prototype.lockedUntilMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        PointItem.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                writer.uint32(10).string(message.id);
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(18).string(message.machineId);
            if (message.timeMicros != null && $Object.hasOwnProperty.call(message, "timeMicros") && (typeof message.timeMicros === "object" ? message.timeMicros.low || message.timeMicros.high : message.timeMicros !== 0))
                writer.uint32(24).uint64(message.timeMicros);
            if (message.validUntilMicros != null && $Object.hasOwnProperty.call(message, "validUntilMicros") && (typeof message.validUntilMicros === "object" ? message.validUntilMicros.low || message.validUntilMicros.high : message.validUntilMicros !== 0))
                writer.uint32(32).uint64(message.validUntilMicros);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                writer.uint32(40).uint64(message.epoch);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(50).string(message.kind);
            if (message.consistency != null && $Object.hasOwnProperty.call(message, "consistency") && message.consistency !== "")
                writer.uint32(58).string(message.consistency);
            if (message.members != null && message.members.length)
                for (let i = 0; i < message.members.length; ++i)
                    $root.leeward.PointItemMember.encode(message.members[i], writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.locked != null && $Object.hasOwnProperty.call(message, "locked") && message.locked !== false)
                writer.uint32(72).bool(message.locked);
            if (message.missingDiskIds != null && message.missingDiskIds.length)
                for (let i = 0; i < message.missingDiskIds.length; ++i)
                    writer.uint32(82).string(message.missingDiskIds[i]);
            if (message.lockedUntilMicros != null && $Object.hasOwnProperty.call(message, "lockedUntilMicros") && (typeof message.lockedUntilMicros === "object" ? message.lockedUntilMicros.low || message.lockedUntilMicros.high : message.lockedUntilMicros !== 0))
                writer.uint32(88).uint64(message.lockedUntilMicros);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PointItem.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PointItem();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.timeMicros = value;
                        else
                            delete message.timeMicros;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.validUntilMicros = value;
                        else
                            delete message.validUntilMicros;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.consistency = value;
                        else
                            delete message.consistency;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if (!(message.members && message.members.length))
                            message.members = [];
                        message.members.push($root.leeward.PointItemMember.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.locked = value;
                        else
                            delete message.locked;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if (!(message.missingDiskIds && message.missingDiskIds.length))
                            message.missingDiskIds = [];
                        message.missingDiskIds.push(reader.stringVerify());
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.lockedUntilMicros = value;
                        else
                            delete message.lockedUntilMicros;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PointItem;
    })();

    leeward.LockPoint = (function() {

        const LockPoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LockPoint.prototype.machineId = "";
        LockPoint.prototype.pointId = "";
        LockPoint.prototype.owner = "";
        LockPoint.prototype.reason = "";
        LockPoint.prototype.untilMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        LockPoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(18).string(message.pointId);
            if (message.owner != null && $Object.hasOwnProperty.call(message, "owner") && message.owner !== "")
                writer.uint32(26).string(message.owner);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(34).string(message.reason);
            if (message.untilMicros != null && $Object.hasOwnProperty.call(message, "untilMicros") && (typeof message.untilMicros === "object" ? message.untilMicros.low || message.untilMicros.high : message.untilMicros !== 0))
                writer.uint32(40).uint64(message.untilMicros);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LockPoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.LockPoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.owner = value;
                        else
                            delete message.owner;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.untilMicros = value;
                        else
                            delete message.untilMicros;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LockPoint;
    })();

    leeward.UnlockPoint = (function() {

        const UnlockPoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        UnlockPoint.prototype.machineId = "";
        UnlockPoint.prototype.pointId = "";

        UnlockPoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(18).string(message.pointId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        UnlockPoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.UnlockPoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return UnlockPoint;
    })();

    leeward.PointItemMember = (function() {

        const PointItemMember = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PointItemMember.prototype.diskId = "";
        PointItemMember.prototype.branch = "";
        PointItemMember.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        PointItemMember.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(24).uint64(message.sequence);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PointItemMember.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PointItemMember();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PointItemMember;
    })();

    leeward.OpenPoint = (function() {

        const OpenPoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        OpenPoint.prototype.machineId = "";
        OpenPoint.prototype.diskId = "";
        OpenPoint.prototype.at = "";
        OpenPoint.prototype.socketPath = "";
        OpenPoint.prototype.writable = false;

        OpenPoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(18).string(message.diskId);
            if (message.at != null && $Object.hasOwnProperty.call(message, "at") && message.at !== "")
                writer.uint32(26).string(message.at);
            if (message.socketPath != null && $Object.hasOwnProperty.call(message, "socketPath") && message.socketPath !== "")
                writer.uint32(34).string(message.socketPath);
            if (message.writable != null && $Object.hasOwnProperty.call(message, "writable") && message.writable !== false)
                writer.uint32(40).bool(message.writable);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        OpenPoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.OpenPoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.at = value;
                        else
                            delete message.at;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.socketPath = value;
                        else
                            delete message.socketPath;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.writable = value;
                        else
                            delete message.writable;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return OpenPoint;
    })();

    leeward.OpenedPoint = (function() {

        const OpenedPoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        OpenedPoint.prototype.id = "";
        OpenedPoint.prototype.pointId = "";
        OpenedPoint.prototype.diskId = "";
        OpenedPoint.prototype.nbdUri = "";
        OpenedPoint.prototype.readOnly = false;
        OpenedPoint.prototype.sizeBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        OpenedPoint.prototype.machineId = "";

        OpenedPoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                writer.uint32(10).string(message.id);
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(18).string(message.pointId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(26).string(message.diskId);
            if (message.nbdUri != null && $Object.hasOwnProperty.call(message, "nbdUri") && message.nbdUri !== "")
                writer.uint32(34).string(message.nbdUri);
            if (message.readOnly != null && $Object.hasOwnProperty.call(message, "readOnly") && message.readOnly !== false)
                writer.uint32(40).bool(message.readOnly);
            if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes") && (typeof message.sizeBytes === "object" ? message.sizeBytes.low || message.sizeBytes.high : message.sizeBytes !== 0))
                writer.uint32(48).uint64(message.sizeBytes);
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(58).string(message.machineId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        OpenedPoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.OpenedPoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nbdUri = value;
                        else
                            delete message.nbdUri;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.readOnly = value;
                        else
                            delete message.readOnly;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sizeBytes = value;
                        else
                            delete message.sizeBytes;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return OpenedPoint;
    })();

    leeward.OpenedList = (function() {

        const OpenedList = function (properties) {
            this.items = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        OpenedList.prototype.items = $util.emptyArray;

        OpenedList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.items != null && message.items.length)
                for (let i = 0; i < message.items.length; ++i)
                    $root.leeward.OpenedPoint.encode(message.items[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        OpenedList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.OpenedList();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.items && message.items.length))
                            message.items = [];
                        message.items.push($root.leeward.OpenedPoint.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return OpenedList;
    })();

    leeward.ClosePoint = (function() {

        const ClosePoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ClosePoint.prototype.id = "";

        ClosePoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                writer.uint32(10).string(message.id);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ClosePoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ClosePoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ClosePoint;
    })();

    leeward.ListOpened = (function() {

        const ListOpened = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ListOpened.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ListOpened.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ListOpened();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ListOpened;
    })();

    leeward.SavePoint = (function() {

        const SavePoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SavePoint.prototype.machineId = "";
        SavePoint.prototype.diskId = "";
        SavePoint.prototype.at = "";
        SavePoint.prototype.path = "";
        SavePoint.prototype.force = false;
        SavePoint.prototype.jobId = "";
        SavePoint.prototype.format = "";

        SavePoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(18).string(message.diskId);
            if (message.at != null && $Object.hasOwnProperty.call(message, "at") && message.at !== "")
                writer.uint32(26).string(message.at);
            if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                writer.uint32(34).string(message.path);
            if (message.force != null && $Object.hasOwnProperty.call(message, "force") && message.force !== false)
                writer.uint32(40).bool(message.force);
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId") && message.jobId !== "")
                writer.uint32(50).string(message.jobId);
            if (message.format != null && $Object.hasOwnProperty.call(message, "format") && message.format !== "")
                writer.uint32(58).string(message.format);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        SavePoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.SavePoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.at = value;
                        else
                            delete message.at;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.path = value;
                        else
                            delete message.path;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.force = value;
                        else
                            delete message.force;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jobId = value;
                        else
                            delete message.jobId;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.format = value;
                        else
                            delete message.format;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return SavePoint;
    })();

    leeward.CancelSave = (function() {

        const CancelSave = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CancelSave.prototype.jobId = "";

        CancelSave.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId") && message.jobId !== "")
                writer.uint32(10).string(message.jobId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CancelSave.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CancelSave();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jobId = value;
                        else
                            delete message.jobId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CancelSave;
    })();

    leeward.SavedPoint = (function() {

        const SavedPoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SavedPoint.prototype.pointId = "";
        SavedPoint.prototype.diskId = "";
        SavedPoint.prototype.path = "";
        SavedPoint.prototype.bytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        SavedPoint.prototype.sha256 = "";
        SavedPoint.prototype.format = "";

        SavedPoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(10).string(message.pointId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(18).string(message.diskId);
            if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                writer.uint32(26).string(message.path);
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && (typeof message.bytes === "object" ? message.bytes.low || message.bytes.high : message.bytes !== 0))
                writer.uint32(32).uint64(message.bytes);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256 !== "")
                writer.uint32(42).string(message.sha256);
            if (message.format != null && $Object.hasOwnProperty.call(message, "format") && message.format !== "")
                writer.uint32(50).string(message.format);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        SavedPoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.SavedPoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.path = value;
                        else
                            delete message.path;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.format = value;
                        else
                            delete message.format;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return SavedPoint;
    })();

    leeward.LoadSeed = (function() {

        const LoadSeed = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LoadSeed.prototype.machineId = "";
        LoadSeed.prototype.diskId = "";
        LoadSeed.prototype.branch = "";
        LoadSeed.prototype.path = "";
        LoadSeed.prototype.jobId = "";

        LoadSeed.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(18).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(26).string(message.branch);
            if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                writer.uint32(34).string(message.path);
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId") && message.jobId !== "")
                writer.uint32(42).string(message.jobId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LoadSeed.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.LoadSeed();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.path = value;
                        else
                            delete message.path;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jobId = value;
                        else
                            delete message.jobId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LoadSeed;
    })();

    leeward.SeedLoaded = (function() {

        const SeedLoaded = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SeedLoaded.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        SeedLoaded.prototype.diskBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        SeedLoaded.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(8).uint64(message.sequence);
            if (message.diskBytes != null && $Object.hasOwnProperty.call(message, "diskBytes") && (typeof message.diskBytes === "object" ? message.diskBytes.low || message.diskBytes.high : message.diskBytes !== 0))
                writer.uint32(16).uint64(message.diskBytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        SeedLoaded.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.SeedLoaded();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.diskBytes = value;
                        else
                            delete message.diskBytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return SeedLoaded;
    })();

    leeward.DeleteHistory = (function() {

        const DeleteHistory = function (properties) {
            this.diskIds = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DeleteHistory.prototype.machineId = "";
        DeleteHistory.prototype.diskIds = $util.emptyArray;

        DeleteHistory.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.diskIds != null && message.diskIds.length)
                for (let i = 0; i < message.diskIds.length; ++i)
                    writer.uint32(18).string(message.diskIds[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DeleteHistory.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.DeleteHistory();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.diskIds && message.diskIds.length))
                            message.diskIds = [];
                        message.diskIds.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return DeleteHistory;
    })();

    leeward.EventReport = (function() {

        const EventReport = function (properties) {
            this.detail = {};
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        EventReport.prototype.kind = "";
        EventReport.prototype.subject = "";
        EventReport.prototype.message = "";
        EventReport.prototype.detail = $util.emptyObject;
        EventReport.prototype.severity = "";

        EventReport.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(10).string(message.kind);
            if (message.subject != null && $Object.hasOwnProperty.call(message, "subject") && message.subject !== "")
                writer.uint32(18).string(message.subject);
            if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                writer.uint32(26).string(message.message);
            if (message.detail != null && $Object.hasOwnProperty.call(message, "detail"))
                for (let keys = $Object.keys(message.detail), i = 0; i < keys.length; ++i)
                    writer.uint32(34).fork().uint32(10).string(keys[i]).uint32(18).string(message.detail[keys[i]]).ldelim();
            if (message.severity != null && $Object.hasOwnProperty.call(message, "severity") && message.severity !== "")
                writer.uint32(42).string(message.severity);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        EventReport.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, key, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.EventReport();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.subject = value;
                        else
                            delete message.subject;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.message = value;
                        else
                            delete message.message;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (message.detail === $util.emptyObject)
                            message.detail = {};
                        let end2 = reader.size() + reader.pos;
                        if (end2 > reader.len)
                            throw $RangeError("index out of range");
                        reader.len = end2;
                        key = "";
                        value = "";
                        while (reader.pos < end2) {
                            let tag2 = reader.tag();
                            wireType = tag2 & 7;
                            switch (tag2 >>>= 3) {
                            case 1:
                                if (wireType !== 2)
                                    break;
                                key = reader.stringVerify();
                                continue;
                            case 2:
                                if (wireType !== 2)
                                    break;
                                value = reader.stringVerify();
                                continue;
                            }
                            reader.skipType(wireType, _depth, tag2);
                        }
                        if (reader.pos !== end2)
                            throw $RangeError("index out of range");
                        reader.len = end;
                        if (key === "__proto__")
                            $util.makeProp(message.detail, key);
                        message.detail[key] = value;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.severity = value;
                        else
                            delete message.severity;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return EventReport;
    })();

    leeward.DiskExtent = (function() {

        const DiskExtent = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DiskExtent.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        DiskExtent.prototype.length = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        DiskExtent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(8).uint64(message.offset);
            if (message.length != null && $Object.hasOwnProperty.call(message, "length") && (typeof message.length === "object" ? message.length.low || message.length.high : message.length !== 0))
                writer.uint32(16).uint64(message.length);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DiskExtent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.DiskExtent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.length = value;
                        else
                            delete message.length;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return DiskExtent;
    })();

    leeward.ReplicaDigests = (function() {

        const ReplicaDigests = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaDigests.prototype.machineId = "";
        ReplicaDigests.prototype.diskId = "";
        ReplicaDigests.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReplicaDigests.prototype.length = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReplicaDigests.prototype.present = false;
        ReplicaDigests.prototype.replicaId = "";

        ReplicaDigests.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(18).string(message.diskId);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(24).uint64(message.offset);
            if (message.length != null && $Object.hasOwnProperty.call(message, "length") && (typeof message.length === "object" ? message.length.low || message.length.high : message.length !== 0))
                writer.uint32(32).uint64(message.length);
            if (message.present != null && $Object.hasOwnProperty.call(message, "present") && message.present !== false)
                writer.uint32(40).bool(message.present);
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(50).string(message.replicaId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaDigests.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaDigests();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.length = value;
                        else
                            delete message.length;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.present = value;
                        else
                            delete message.present;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaDigests;
    })();

    leeward.BlockDigests = (function() {

        const BlockDigests = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        BlockDigests.prototype.pointId = "";
        BlockDigests.prototype.branch = "";
        BlockDigests.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        BlockDigests.prototype.diskBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        BlockDigests.prototype.length = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        BlockDigests.prototype.digests = $util.newBuffer([]);

        BlockDigests.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(10).string(message.pointId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(24).uint64(message.sequence);
            if (message.diskBytes != null && $Object.hasOwnProperty.call(message, "diskBytes") && (typeof message.diskBytes === "object" ? message.diskBytes.low || message.diskBytes.high : message.diskBytes !== 0))
                writer.uint32(32).uint64(message.diskBytes);
            if (message.length != null && $Object.hasOwnProperty.call(message, "length") && (typeof message.length === "object" ? message.length.low || message.length.high : message.length !== 0))
                writer.uint32(40).uint64(message.length);
            if (message.digests != null && $Object.hasOwnProperty.call(message, "digests") && message.digests.length)
                writer.uint32(50).bytes(message.digests);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        BlockDigests.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.BlockDigests();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.diskBytes = value;
                        else
                            delete message.diskBytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.length = value;
                        else
                            delete message.length;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.digests = value;
                        else
                            delete message.digests;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return BlockDigests;
    })();

    leeward.CompareDigests = (function() {

        const CompareDigests = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CompareDigests.prototype.diskId = "";
        CompareDigests.prototype.branch = "";
        CompareDigests.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CompareDigests.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CompareDigests.prototype.length = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        CompareDigests.prototype.digests = $util.newBuffer([]);

        CompareDigests.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(24).uint64(message.sequence);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(32).uint64(message.offset);
            if (message.length != null && $Object.hasOwnProperty.call(message, "length") && (typeof message.length === "object" ? message.length.low || message.length.high : message.length !== 0))
                writer.uint32(40).uint64(message.length);
            if (message.digests != null && $Object.hasOwnProperty.call(message, "digests") && message.digests.length)
                writer.uint32(50).bytes(message.digests);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CompareDigests.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CompareDigests();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.length = value;
                        else
                            delete message.length;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.digests = value;
                        else
                            delete message.digests;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CompareDigests;
    })();

    leeward.Comparison = (function() {

        const Comparison = function (properties) {
            this.skipped = [];
            this.differing = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Comparison.prototype.comparedBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Comparison.prototype.skipped = $util.emptyArray;
        Comparison.prototype.differing = $util.emptyArray;

        Comparison.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.comparedBytes != null && $Object.hasOwnProperty.call(message, "comparedBytes") && (typeof message.comparedBytes === "object" ? message.comparedBytes.low || message.comparedBytes.high : message.comparedBytes !== 0))
                writer.uint32(8).uint64(message.comparedBytes);
            if (message.skipped != null && message.skipped.length)
                for (let i = 0; i < message.skipped.length; ++i)
                    $root.leeward.DiskExtent.encode(message.skipped[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.differing != null && message.differing.length)
                for (let i = 0; i < message.differing.length; ++i)
                    $root.leeward.DiskExtent.encode(message.differing[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Comparison.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.Comparison();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.comparedBytes = value;
                        else
                            delete message.comparedBytes;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.skipped && message.skipped.length))
                            message.skipped = [];
                        message.skipped.push($root.leeward.DiskExtent.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.differing && message.differing.length))
                            message.differing = [];
                        message.differing.push($root.leeward.DiskExtent.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Comparison;
    })();

    leeward.RecopyExtents = (function() {

        const RecopyExtents = function (properties) {
            this.extents = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RecopyExtents.prototype.diskId = "";
        RecopyExtents.prototype.branch = "";
        RecopyExtents.prototype.extents = $util.emptyArray;

        RecopyExtents.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.extents != null && message.extents.length)
                for (let i = 0; i < message.extents.length; ++i)
                    $root.leeward.DiskExtent.encode(message.extents[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RecopyExtents.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.RecopyExtents();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.extents && message.extents.length))
                            message.extents = [];
                        message.extents.push($root.leeward.DiskExtent.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RecopyExtents;
    })();

    leeward.ResyncDisk = (function() {

        const ResyncDisk = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ResyncDisk.prototype.diskId = "";
        ResyncDisk.prototype.whole = false;

        ResyncDisk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.whole != null && $Object.hasOwnProperty.call(message, "whole") && message.whole !== false)
                writer.uint32(16).bool(message.whole);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ResyncDisk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ResyncDisk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.whole = value;
                        else
                            delete message.whole;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ResyncDisk;
    })();

    leeward.CopyDisk = (function() {

        const CopyDisk = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CopyDisk.prototype.diskId = "";
        CopyDisk.prototype.branch = "";
        CopyDisk.prototype.afterSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        CopyDisk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(18).string(message.branch);
            if (message.afterSequence != null && $Object.hasOwnProperty.call(message, "afterSequence") && (typeof message.afterSequence === "object" ? message.afterSequence.low || message.afterSequence.high : message.afterSequence !== 0))
                writer.uint32(24).uint64(message.afterSequence);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CopyDisk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CopyDisk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.afterSequence = value;
                        else
                            delete message.afterSequence;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CopyDisk;
    })();

    leeward.ResyncBegun = (function() {

        const ResyncBegun = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ResyncBegun.prototype.branch = "";
        ResyncBegun.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ResyncBegun.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                writer.uint32(10).string(message.branch);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(16).uint64(message.sequence);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ResyncBegun.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ResyncBegun();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ResyncBegun;
    })();

    leeward.FindPoint = (function() {

        const FindPoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        FindPoint.prototype.machineId = "";
        FindPoint.prototype.at = "";

        FindPoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.at != null && $Object.hasOwnProperty.call(message, "at") && message.at !== "")
                writer.uint32(18).string(message.at);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        FindPoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.FindPoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.at = value;
                        else
                            delete message.at;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return FindPoint;
    })();

    leeward.StartReplica = (function() {

        const StartReplica = function (properties) {
            this.disks = [];
            this.nics = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        StartReplica.prototype.replicaId = "";
        StartReplica.prototype.machineId = "";
        StartReplica.prototype.machineName = "";
        StartReplica.prototype.pointId = "";
        StartReplica.prototype.disks = $util.emptyArray;
        StartReplica.prototype.hardware = null;
        StartReplica.prototype.nics = $util.emptyArray;
        StartReplica.prototype.host = "";
        StartReplica.prototype.cpuShare = 0;

        StartReplica.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(18).string(message.machineId);
            if (message.machineName != null && $Object.hasOwnProperty.call(message, "machineName") && message.machineName !== "")
                writer.uint32(26).string(message.machineName);
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(34).string(message.pointId);
            if (message.disks != null && message.disks.length)
                for (let i = 0; i < message.disks.length; ++i)
                    $root.leeward.ReplicaDisk.encode(message.disks[i], writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.hardware != null && $Object.hasOwnProperty.call(message, "hardware"))
                $root.leeward.ReplicaHardware.encode(message.hardware, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.nics != null && message.nics.length)
                for (let i = 0; i < message.nics.length; ++i)
                    $root.leeward.ReplicaNic.encode(message.nics[i], writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.host != null && $Object.hasOwnProperty.call(message, "host") && message.host !== "")
                writer.uint32(66).string(message.host);
            if (message.cpuShare != null && $Object.hasOwnProperty.call(message, "cpuShare") && !$Object.is(message.cpuShare, 0))
                writer.uint32(73).double(message.cpuShare);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        StartReplica.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.StartReplica();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineName = value;
                        else
                            delete message.machineName;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.disks && message.disks.length))
                            message.disks = [];
                        message.disks.push($root.leeward.ReplicaDisk.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.hardware = $root.leeward.ReplicaHardware.decode(reader, reader.size(), $undefined, _depth + 1, message.hardware);
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.nics && message.nics.length))
                            message.nics = [];
                        message.nics.push($root.leeward.ReplicaNic.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.host = value;
                        else
                            delete message.host;
                        continue;
                    }
                case 9: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.cpuShare = value;
                        else
                            delete message.cpuShare;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return StartReplica;
    })();

    leeward.ReplicaDisk = (function() {

        const ReplicaDisk = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaDisk.prototype.diskId = "";
        ReplicaDisk.prototype.name = "";
        ReplicaDisk.prototype.bus = "";

        ReplicaDisk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(18).string(message.name);
            if (message.bus != null && $Object.hasOwnProperty.call(message, "bus") && message.bus !== "")
                writer.uint32(26).string(message.bus);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaDisk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaDisk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.bus = value;
                        else
                            delete message.bus;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaDisk;
    })();

    leeward.ReplicaHardware = (function() {

        const ReplicaHardware = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaHardware.prototype.cpus = 0;
        ReplicaHardware.prototype.memoryMib = 0;
        ReplicaHardware.prototype.firmware = "";

        ReplicaHardware.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.cpus != null && $Object.hasOwnProperty.call(message, "cpus") && message.cpus !== 0)
                writer.uint32(8).uint32(message.cpus);
            if (message.memoryMib != null && $Object.hasOwnProperty.call(message, "memoryMib") && message.memoryMib !== 0)
                writer.uint32(16).uint32(message.memoryMib);
            if (message.firmware != null && $Object.hasOwnProperty.call(message, "firmware") && message.firmware !== "")
                writer.uint32(26).string(message.firmware);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaHardware.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaHardware();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.cpus = value;
                        else
                            delete message.cpus;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.memoryMib = value;
                        else
                            delete message.memoryMib;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.firmware = value;
                        else
                            delete message.firmware;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaHardware;
    })();

    leeward.ReplicaNic = (function() {

        const ReplicaNic = function (properties) {
            this.forwards = [];
            this.addresses = [];
            this.gateways = [];
            this.dns = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaNic.prototype.model = "";
        ReplicaNic.prototype.network = "";
        ReplicaNic.prototype.bridge = "";
        ReplicaNic.prototype.forwards = $util.emptyArray;
        ReplicaNic.prototype.mac = "";
        ReplicaNic.prototype.dhcp = false;
        ReplicaNic.prototype.addresses = $util.emptyArray;
        ReplicaNic.prototype.gateways = $util.emptyArray;
        ReplicaNic.prototype.dns = $util.emptyArray;

        ReplicaNic.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model !== "")
                writer.uint32(10).string(message.model);
            if (message.network != null && $Object.hasOwnProperty.call(message, "network") && message.network !== "")
                writer.uint32(18).string(message.network);
            if (message.bridge != null && $Object.hasOwnProperty.call(message, "bridge") && message.bridge !== "")
                writer.uint32(26).string(message.bridge);
            if (message.forwards != null && message.forwards.length)
                writer.uint32(34).uint32s(message.forwards);
            if (message.mac != null && $Object.hasOwnProperty.call(message, "mac") && message.mac !== "")
                writer.uint32(42).string(message.mac);
            if (message.dhcp != null && $Object.hasOwnProperty.call(message, "dhcp") && message.dhcp !== false)
                writer.uint32(48).bool(message.dhcp);
            if (message.addresses != null && message.addresses.length)
                for (let i = 0; i < message.addresses.length; ++i)
                    writer.uint32(58).string(message.addresses[i]);
            if (message.gateways != null && message.gateways.length)
                for (let i = 0; i < message.gateways.length; ++i)
                    writer.uint32(66).string(message.gateways[i]);
            if (message.dns != null && message.dns.length)
                for (let i = 0; i < message.dns.length; ++i)
                    writer.uint32(74).string(message.dns[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaNic.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaNic();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.model = value;
                        else
                            delete message.model;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.network = value;
                        else
                            delete message.network;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.bridge = value;
                        else
                            delete message.bridge;
                        continue;
                    }
                case 4: {
                        if (wireType === 2) {
                            if (!(message.forwards && message.forwards.length))
                                message.forwards = [];
                            reader.uint32s(message.forwards);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.forwards && message.forwards.length))
                            message.forwards = [];
                        message.forwards.push(reader.uint32());
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.mac = value;
                        else
                            delete message.mac;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.dhcp = value;
                        else
                            delete message.dhcp;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.addresses && message.addresses.length))
                            message.addresses = [];
                        message.addresses.push(reader.stringVerify());
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if (!(message.gateways && message.gateways.length))
                            message.gateways = [];
                        message.gateways.push(reader.stringVerify());
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.dns && message.dns.length))
                            message.dns = [];
                        message.dns.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaNic;
    })();

    leeward.RemoveReplica = (function() {

        const RemoveReplica = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RemoveReplica.prototype.replicaId = "";

        RemoveReplica.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RemoveReplica.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.RemoveReplica();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RemoveReplica;
    })();

    leeward.ReplicaStatus = (function() {

        const ReplicaStatus = function (properties) {
            this.disks = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaStatus.prototype.replicaId = "";
        ReplicaStatus.prototype.machineId = "";
        ReplicaStatus.prototype.pointId = "";
        ReplicaStatus.prototype.host = "";
        ReplicaStatus.prototype.state = "";
        ReplicaStatus.prototype.why = "";
        ReplicaStatus.prototype.resumedMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReplicaStatus.prototype.disks = $util.emptyArray;

        ReplicaStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(18).string(message.machineId);
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(26).string(message.pointId);
            if (message.host != null && $Object.hasOwnProperty.call(message, "host") && message.host !== "")
                writer.uint32(34).string(message.host);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(42).string(message.state);
            if (message.why != null && $Object.hasOwnProperty.call(message, "why") && message.why !== "")
                writer.uint32(50).string(message.why);
            if (message.resumedMicros != null && $Object.hasOwnProperty.call(message, "resumedMicros") && (typeof message.resumedMicros === "object" ? message.resumedMicros.low || message.resumedMicros.high : message.resumedMicros !== 0))
                writer.uint32(56).uint64(message.resumedMicros);
            if (message.disks != null && message.disks.length)
                for (let i = 0; i < message.disks.length; ++i)
                    $root.leeward.ReplicaDiskStatus.encode(message.disks[i], writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.host = value;
                        else
                            delete message.host;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.why = value;
                        else
                            delete message.why;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.resumedMicros = value;
                        else
                            delete message.resumedMicros;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if (!(message.disks && message.disks.length))
                            message.disks = [];
                        message.disks.push($root.leeward.ReplicaDiskStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaStatus;
    })();

    leeward.ReplicaDiskStatus = (function() {

        const ReplicaDiskStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaDiskStatus.prototype.diskId = "";
        ReplicaDiskStatus.prototype.nbdUri = "";

        ReplicaDiskStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.nbdUri != null && $Object.hasOwnProperty.call(message, "nbdUri") && message.nbdUri !== "")
                writer.uint32(18).string(message.nbdUri);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaDiskStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaDiskStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nbdUri = value;
                        else
                            delete message.nbdUri;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaDiskStatus;
    })();

    leeward.ReadConsole = (function() {

        const ReadConsole = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReadConsole.prototype.replicaId = "";

        ReadConsole.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReadConsole.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReadConsole();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReadConsole;
    })();

    leeward.ConsoleText = (function() {

        const ConsoleText = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ConsoleText.prototype.text = "";

        ConsoleText.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                writer.uint32(10).string(message.text);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ConsoleText.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ConsoleText();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.text = value;
                        else
                            delete message.text;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ConsoleText;
    })();

    leeward.RaiseEpoch = (function() {

        const RaiseEpoch = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RaiseEpoch.prototype.machineId = "";
        RaiseEpoch.prototype.from = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        RaiseEpoch.prototype.to = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        RaiseEpoch.prototype.claimId = "";

        RaiseEpoch.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.from != null && $Object.hasOwnProperty.call(message, "from") && (typeof message.from === "object" ? message.from.low || message.from.high : message.from !== 0))
                writer.uint32(16).uint64(message.from);
            if (message.to != null && $Object.hasOwnProperty.call(message, "to") && (typeof message.to === "object" ? message.to.low || message.to.high : message.to !== 0))
                writer.uint32(24).uint64(message.to);
            if (message.claimId != null && $Object.hasOwnProperty.call(message, "claimId") && message.claimId !== "")
                writer.uint32(34).string(message.claimId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RaiseEpoch.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.RaiseEpoch();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.from = value;
                        else
                            delete message.from;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.to = value;
                        else
                            delete message.to;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.claimId = value;
                        else
                            delete message.claimId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RaiseEpoch;
    })();

    leeward.HaltReplica = (function() {

        const HaltReplica = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HaltReplica.prototype.replicaId = "";
        HaltReplica.prototype.graceSeconds = 0;

        HaltReplica.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.graceSeconds != null && $Object.hasOwnProperty.call(message, "graceSeconds") && message.graceSeconds !== 0)
                writer.uint32(16).uint32(message.graceSeconds);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HaltReplica.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.HaltReplica();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.graceSeconds = value;
                        else
                            delete message.graceSeconds;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HaltReplica;
    })();

    leeward.ReplicaHalted = (function() {

        const ReplicaHalted = function (properties) {
            this.overlays = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaHalted.prototype.overlays = $util.emptyArray;
        ReplicaHalted.prototype.orderly = false;

        ReplicaHalted.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.overlays != null && message.overlays.length)
                for (let i = 0; i < message.overlays.length; ++i)
                    $root.leeward.PointItemMember.encode(message.overlays[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.orderly != null && $Object.hasOwnProperty.call(message, "orderly") && message.orderly !== false)
                writer.uint32(16).bool(message.orderly);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaHalted.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaHalted();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.overlays && message.overlays.length))
                            message.overlays = [];
                        message.overlays.push($root.leeward.PointItemMember.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.orderly = value;
                        else
                            delete message.orderly;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaHalted;
    })();

    leeward.AbsorbReplica = (function() {

        const AbsorbReplica = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AbsorbReplica.prototype.replicaId = "";
        AbsorbReplica.prototype.pointId = "";

        AbsorbReplica.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(18).string(message.pointId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AbsorbReplica.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.AbsorbReplica();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return AbsorbReplica;
    })();

    leeward.ReplicaChanges = (function() {

        const ReplicaChanges = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaChanges.prototype.replicaId = "";
        ReplicaChanges.prototype.diskId = "";
        ReplicaChanges.prototype.afterSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReplicaChanges.prototype.fromOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ReplicaChanges.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(18).string(message.diskId);
            if (message.afterSequence != null && $Object.hasOwnProperty.call(message, "afterSequence") && (typeof message.afterSequence === "object" ? message.afterSequence.low || message.afterSequence.high : message.afterSequence !== 0))
                writer.uint32(24).uint64(message.afterSequence);
            if (message.fromOffset != null && $Object.hasOwnProperty.call(message, "fromOffset") && (typeof message.fromOffset === "object" ? message.fromOffset.low || message.fromOffset.high : message.fromOffset !== 0))
                writer.uint32(32).uint64(message.fromOffset);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaChanges.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaChanges();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.afterSequence = value;
                        else
                            delete message.afterSequence;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.fromOffset = value;
                        else
                            delete message.fromOffset;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaChanges;
    })();

    leeward.ReplicaChangeList = (function() {

        const ReplicaChangeList = function (properties) {
            this.extents = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaChangeList.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReplicaChangeList.prototype.extents = $util.emptyArray;
        ReplicaChangeList.prototype.more = false;
        ReplicaChangeList.prototype.journaledSequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReplicaChangeList.prototype.halted = false;
        ReplicaChangeList.prototype.diskBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ReplicaChangeList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                writer.uint32(8).uint64(message.sequence);
            if (message.extents != null && message.extents.length)
                for (let i = 0; i < message.extents.length; ++i)
                    $root.leeward.DiskExtent.encode(message.extents[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.more != null && $Object.hasOwnProperty.call(message, "more") && message.more !== false)
                writer.uint32(24).bool(message.more);
            if (message.journaledSequence != null && $Object.hasOwnProperty.call(message, "journaledSequence") && (typeof message.journaledSequence === "object" ? message.journaledSequence.low || message.journaledSequence.high : message.journaledSequence !== 0))
                writer.uint32(32).uint64(message.journaledSequence);
            if (message.halted != null && $Object.hasOwnProperty.call(message, "halted") && message.halted !== false)
                writer.uint32(40).bool(message.halted);
            if (message.diskBytes != null && $Object.hasOwnProperty.call(message, "diskBytes") && (typeof message.diskBytes === "object" ? message.diskBytes.low || message.diskBytes.high : message.diskBytes !== 0))
                writer.uint32(48).uint64(message.diskBytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaChangeList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaChangeList();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.extents && message.extents.length))
                            message.extents = [];
                        message.extents.push($root.leeward.DiskExtent.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.more = value;
                        else
                            delete message.more;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.journaledSequence = value;
                        else
                            delete message.journaledSequence;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.halted = value;
                        else
                            delete message.halted;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.diskBytes = value;
                        else
                            delete message.diskBytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaChangeList;
    })();

    leeward.ReplicaRead = (function() {

        const ReplicaRead = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaRead.prototype.replicaId = "";
        ReplicaRead.prototype.diskId = "";
        ReplicaRead.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReplicaRead.prototype.length = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ReplicaRead.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(18).string(message.diskId);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(24).uint64(message.offset);
            if (message.length != null && $Object.hasOwnProperty.call(message, "length") && (typeof message.length === "object" ? message.length.low || message.length.high : message.length !== 0))
                writer.uint32(32).uint64(message.length);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaRead.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaRead();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.length = value;
                        else
                            delete message.length;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaRead;
    })();

    leeward.ReplicaContent = (function() {

        const ReplicaContent = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaContent.prototype.content = $util.newBuffer([]);

        ReplicaContent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.content != null && $Object.hasOwnProperty.call(message, "content") && message.content.length)
                writer.uint32(10).bytes(message.content);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaContent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaContent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.content = value;
                        else
                            delete message.content;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaContent;
    })();

    leeward.CheckReplica = (function() {

        const CheckReplica = function (properties) {
            this.checks = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CheckReplica.prototype.replicaId = "";
        CheckReplica.prototype.checks = $util.emptyArray;
        CheckReplica.prototype.limitSeconds = 0;

        CheckReplica.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.checks != null && message.checks.length)
                for (let i = 0; i < message.checks.length; ++i)
                    $root.leeward.ReplicaCheck.encode(message.checks[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.limitSeconds != null && $Object.hasOwnProperty.call(message, "limitSeconds") && message.limitSeconds !== 0)
                writer.uint32(24).uint32(message.limitSeconds);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CheckReplica.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.CheckReplica();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.checks && message.checks.length))
                            message.checks = [];
                        message.checks.push($root.leeward.ReplicaCheck.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.limitSeconds = value;
                        else
                            delete message.limitSeconds;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CheckReplica;
    })();

    leeward.ReplicaCheck = (function() {

        const ReplicaCheck = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaCheck.prototype.kind = "";
        ReplicaCheck.prototype.text = "";
        ReplicaCheck.prototype.port = 0;

        ReplicaCheck.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(10).string(message.kind);
            if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                writer.uint32(18).string(message.text);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(24).uint32(message.port);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaCheck.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaCheck();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.text = value;
                        else
                            delete message.text;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaCheck;
    })();

    leeward.ReplicaChecked = (function() {

        const ReplicaChecked = function (properties) {
            this.results = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaChecked.prototype.results = $util.emptyArray;

        ReplicaChecked.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.results != null && message.results.length)
                for (let i = 0; i < message.results.length; ++i)
                    $root.leeward.ReplicaCheckResult.encode(message.results[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaChecked.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaChecked();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.results && message.results.length))
                            message.results = [];
                        message.results.push($root.leeward.ReplicaCheckResult.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaChecked;
    })();

    leeward.ReplicaCheckResult = (function() {

        const ReplicaCheckResult = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaCheckResult.prototype.ok = false;
        ReplicaCheckResult.prototype.seconds = 0;
        ReplicaCheckResult.prototype.said = "";

        ReplicaCheckResult.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ok != null && $Object.hasOwnProperty.call(message, "ok") && message.ok !== false)
                writer.uint32(8).bool(message.ok);
            if (message.seconds != null && $Object.hasOwnProperty.call(message, "seconds") && !$Object.is(message.seconds, 0))
                writer.uint32(17).double(message.seconds);
            if (message.said != null && $Object.hasOwnProperty.call(message, "said") && message.said !== "")
                writer.uint32(26).string(message.said);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaCheckResult.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaCheckResult();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.ok = value;
                        else
                            delete message.ok;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.seconds = value;
                        else
                            delete message.seconds;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.said = value;
                        else
                            delete message.said;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaCheckResult;
    })();

    leeward.RunInReplica = (function() {

        const RunInReplica = function (properties) {
            this.environment = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RunInReplica.prototype.replicaId = "";
        RunInReplica.prototype.script = $util.newBuffer([]);
        RunInReplica.prototype.environment = $util.emptyArray;
        RunInReplica.prototype.limitSeconds = 0;

        RunInReplica.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.script != null && $Object.hasOwnProperty.call(message, "script") && message.script.length)
                writer.uint32(18).bytes(message.script);
            if (message.environment != null && message.environment.length)
                for (let i = 0; i < message.environment.length; ++i)
                    writer.uint32(26).string(message.environment[i]);
            if (message.limitSeconds != null && $Object.hasOwnProperty.call(message, "limitSeconds") && message.limitSeconds !== 0)
                writer.uint32(32).uint32(message.limitSeconds);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RunInReplica.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.RunInReplica();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.script = value;
                        else
                            delete message.script;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.environment && message.environment.length))
                            message.environment = [];
                        message.environment.push(reader.stringVerify());
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.limitSeconds = value;
                        else
                            delete message.limitSeconds;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RunInReplica;
    })();

    leeward.RanInReplica = (function() {

        const RanInReplica = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RanInReplica.prototype.exitCode = 0;
        RanInReplica.prototype.said = "";

        RanInReplica.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.exitCode != null && $Object.hasOwnProperty.call(message, "exitCode") && message.exitCode !== 0)
                writer.uint32(8).uint32(message.exitCode);
            if (message.said != null && $Object.hasOwnProperty.call(message, "said") && message.said !== "")
                writer.uint32(18).string(message.said);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RanInReplica.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.RanInReplica();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.exitCode = value;
                        else
                            delete message.exitCode;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.said = value;
                        else
                            delete message.said;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RanInReplica;
    })();

    leeward.ReplicaScreen = (function() {

        const ReplicaScreen = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReplicaScreen.prototype.replicaId = "";

        ReplicaScreen.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.replicaId != null && $Object.hasOwnProperty.call(message, "replicaId") && message.replicaId !== "")
                writer.uint32(10).string(message.replicaId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReplicaScreen.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReplicaScreen();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.replicaId = value;
                        else
                            delete message.replicaId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReplicaScreen;
    })();

    leeward.ScreenPicture = (function() {

        const ScreenPicture = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ScreenPicture.prototype.png = $util.newBuffer([]);

        ScreenPicture.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.png != null && $Object.hasOwnProperty.call(message, "png") && message.png.length)
                writer.uint32(10).bytes(message.png);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ScreenPicture.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ScreenPicture();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.png = value;
                        else
                            delete message.png;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ScreenPicture;
    })();

    leeward.PointDigest = (function() {

        const PointDigest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PointDigest.prototype.machineId = "";
        PointDigest.prototype.diskId = "";
        PointDigest.prototype.pointId = "";
        PointDigest.prototype.holder = "";
        PointDigest.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointDigest.prototype.length = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        PointDigest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(18).string(message.diskId);
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(26).string(message.pointId);
            if (message.holder != null && $Object.hasOwnProperty.call(message, "holder") && message.holder !== "")
                writer.uint32(34).string(message.holder);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(40).uint64(message.offset);
            if (message.length != null && $Object.hasOwnProperty.call(message, "length") && (typeof message.length === "object" ? message.length.low || message.length.high : message.length !== 0))
                writer.uint32(48).uint64(message.length);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PointDigest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PointDigest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.holder = value;
                        else
                            delete message.holder;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.length = value;
                        else
                            delete message.length;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PointDigest;
    })();

    leeward.PointDigested = (function() {

        const PointDigested = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PointDigested.prototype.diskBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointDigested.prototype.length = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        PointDigested.prototype.sha256 = $util.newBuffer([]);

        PointDigested.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskBytes != null && $Object.hasOwnProperty.call(message, "diskBytes") && (typeof message.diskBytes === "object" ? message.diskBytes.low || message.diskBytes.high : message.diskBytes !== 0))
                writer.uint32(8).uint64(message.diskBytes);
            if (message.length != null && $Object.hasOwnProperty.call(message, "length") && (typeof message.length === "object" ? message.length.low || message.length.high : message.length !== 0))
                writer.uint32(16).uint64(message.length);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256.length)
                writer.uint32(26).bytes(message.sha256);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PointDigested.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PointDigested();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.diskBytes = value;
                        else
                            delete message.diskBytes;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.length = value;
                        else
                            delete message.length;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PointDigested;
    })();

    leeward.ReleasePoint = (function() {

        const ReleasePoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReleasePoint.prototype.machineId = "";
        ReleasePoint.prototype.holder = "";

        ReleasePoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.holder != null && $Object.hasOwnProperty.call(message, "holder") && message.holder !== "")
                writer.uint32(18).string(message.holder);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReleasePoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReleasePoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.holder = value;
                        else
                            delete message.holder;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReleasePoint;
    })();

    leeward.PushAgent = (function() {

        const PushAgent = function (properties) {
            this.protectable = [];
            this.stale = [];
            this.settled = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PushAgent.prototype.pushId = "";
        PushAgent.prototype.kind = "";
        PushAgent.prototype.step = "";
        PushAgent.prototype.target = null;
        PushAgent.prototype.jump = null;
        PushAgent.prototype.sealed = "";
        PushAgent.prototype.server = null;
        PushAgent.prototype.data = null;
        PushAgent.prototype.version = "";
        PushAgent.prototype.name = "";
        PushAgent.prototype.token = "";
        PushAgent.prototype.protectable = $util.emptyArray;
        PushAgent.prototype.startCommand = "";
        PushAgent.prototype.stale = $util.emptyArray;
        PushAgent.prototype.settled = $util.emptyArray;

        PushAgent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.pushId != null && $Object.hasOwnProperty.call(message, "pushId") && message.pushId !== "")
                writer.uint32(10).string(message.pushId);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(18).string(message.kind);
            if (message.step != null && $Object.hasOwnProperty.call(message, "step") && message.step !== "")
                writer.uint32(26).string(message.step);
            if (message.target != null && $Object.hasOwnProperty.call(message, "target"))
                $root.leeward.PushTarget.encode(message.target, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.jump != null && $Object.hasOwnProperty.call(message, "jump"))
                $root.leeward.PushTarget.encode(message.jump, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.sealed != null && $Object.hasOwnProperty.call(message, "sealed") && message.sealed !== "")
                writer.uint32(50).string(message.sealed);
            if (message.server != null && $Object.hasOwnProperty.call(message, "server"))
                $root.leeward.Address.encode(message.server, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                $root.leeward.Address.encode(message.data, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(74).string(message.version);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(82).string(message.name);
            if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token !== "")
                writer.uint32(90).string(message.token);
            if (message.protectable != null && message.protectable.length)
                for (let i = 0; i < message.protectable.length; ++i)
                    writer.uint32(98).string(message.protectable[i]);
            if (message.startCommand != null && $Object.hasOwnProperty.call(message, "startCommand") && message.startCommand !== "")
                writer.uint32(106).string(message.startCommand);
            if (message.stale != null && message.stale.length)
                for (let i = 0; i < message.stale.length; ++i)
                    writer.uint32(114).string(message.stale[i]);
            if (message.settled != null && message.settled.length)
                for (let i = 0; i < message.settled.length; ++i)
                    writer.uint32(122).string(message.settled[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PushAgent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PushAgent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pushId = value;
                        else
                            delete message.pushId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.step = value;
                        else
                            delete message.step;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.target = $root.leeward.PushTarget.decode(reader, reader.size(), $undefined, _depth + 1, message.target);
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.jump = $root.leeward.PushTarget.decode(reader, reader.size(), $undefined, _depth + 1, message.jump);
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.sealed = value;
                        else
                            delete message.sealed;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.server = $root.leeward.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.server);
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.data = $root.leeward.Address.decode(reader, reader.size(), $undefined, _depth + 1, message.data);
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.token = value;
                        else
                            delete message.token;
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if (!(message.protectable && message.protectable.length))
                            message.protectable = [];
                        message.protectable.push(reader.stringVerify());
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.startCommand = value;
                        else
                            delete message.startCommand;
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        if (!(message.stale && message.stale.length))
                            message.stale = [];
                        message.stale.push(reader.stringVerify());
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        if (!(message.settled && message.settled.length))
                            message.settled = [];
                        message.settled.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PushAgent;
    })();

    leeward.PushTarget = (function() {

        const PushTarget = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PushTarget.prototype.host = "";
        PushTarget.prototype.port = 0;
        PushTarget.prototype.user = "";
        PushTarget.prototype.hostKey = "";
        PushTarget.prototype.acceptHostKey = false;

        PushTarget.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.host != null && $Object.hasOwnProperty.call(message, "host") && message.host !== "")
                writer.uint32(10).string(message.host);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(16).uint32(message.port);
            if (message.user != null && $Object.hasOwnProperty.call(message, "user") && message.user !== "")
                writer.uint32(26).string(message.user);
            if (message.hostKey != null && $Object.hasOwnProperty.call(message, "hostKey") && message.hostKey !== "")
                writer.uint32(34).string(message.hostKey);
            if (message.acceptHostKey != null && $Object.hasOwnProperty.call(message, "acceptHostKey") && message.acceptHostKey !== false)
                writer.uint32(40).bool(message.acceptHostKey);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PushTarget.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PushTarget();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.host = value;
                        else
                            delete message.host;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.user = value;
                        else
                            delete message.user;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.hostKey = value;
                        else
                            delete message.hostKey;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.acceptHostKey = value;
                        else
                            delete message.acceptHostKey;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PushTarget;
    })();

    leeward.PushReport = (function() {

        const PushReport = function (properties) {
            this.rungs = [];
            this.notes = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PushReport.prototype.hostKey = "";
        PushReport.prototype.jumpHostKey = "";
        PushReport.prototype.hostname = "";
        PushReport.prototype.distribution = "";
        PushReport.prototype.kernel = "";
        PushReport.prototype.rungs = $util.emptyArray;
        PushReport.prototype.agentVersion = "";
        PushReport.prototype["package"] = "";
        PushReport.prototype.serverReach = "";
        PushReport.prototype.dataReach = "";
        PushReport.prototype.notes = $util.emptyArray;

        PushReport.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.hostKey != null && $Object.hasOwnProperty.call(message, "hostKey") && message.hostKey !== "")
                writer.uint32(10).string(message.hostKey);
            if (message.jumpHostKey != null && $Object.hasOwnProperty.call(message, "jumpHostKey") && message.jumpHostKey !== "")
                writer.uint32(18).string(message.jumpHostKey);
            if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname") && message.hostname !== "")
                writer.uint32(26).string(message.hostname);
            if (message.distribution != null && $Object.hasOwnProperty.call(message, "distribution") && message.distribution !== "")
                writer.uint32(34).string(message.distribution);
            if (message.kernel != null && $Object.hasOwnProperty.call(message, "kernel") && message.kernel !== "")
                writer.uint32(42).string(message.kernel);
            if (message.rungs != null && message.rungs.length)
                for (let i = 0; i < message.rungs.length; ++i)
                    writer.uint32(50).string(message.rungs[i]);
            if (message.agentVersion != null && $Object.hasOwnProperty.call(message, "agentVersion") && message.agentVersion !== "")
                writer.uint32(58).string(message.agentVersion);
            if (message["package"] != null && $Object.hasOwnProperty.call(message, "package") && message["package"] !== "")
                writer.uint32(66).string(message["package"]);
            if (message.serverReach != null && $Object.hasOwnProperty.call(message, "serverReach") && message.serverReach !== "")
                writer.uint32(74).string(message.serverReach);
            if (message.dataReach != null && $Object.hasOwnProperty.call(message, "dataReach") && message.dataReach !== "")
                writer.uint32(82).string(message.dataReach);
            if (message.notes != null && message.notes.length)
                for (let i = 0; i < message.notes.length; ++i)
                    writer.uint32(90).string(message.notes[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PushReport.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.PushReport();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.hostKey = value;
                        else
                            delete message.hostKey;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jumpHostKey = value;
                        else
                            delete message.jumpHostKey;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.hostname = value;
                        else
                            delete message.hostname;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.distribution = value;
                        else
                            delete message.distribution;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kernel = value;
                        else
                            delete message.kernel;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.rungs && message.rungs.length))
                            message.rungs = [];
                        message.rungs.push(reader.stringVerify());
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.agentVersion = value;
                        else
                            delete message.agentVersion;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message["package"] = value;
                        else
                            delete message["package"];
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.serverReach = value;
                        else
                            delete message.serverReach;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.dataReach = value;
                        else
                            delete message.dataReach;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if (!(message.notes && message.notes.length))
                            message.notes = [];
                        message.notes.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PushReport;
    })();

    leeward.UpgradeAgent = (function() {

        const UpgradeAgent = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        UpgradeAgent.prototype.orderId = "";
        UpgradeAgent.prototype.version = "";
        UpgradeAgent.prototype.file = "";
        UpgradeAgent.prototype.sizeBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        UpgradeAgent.prototype.sha256 = $util.newBuffer([]);
        UpgradeAgent.prototype.readySeconds = 0;

        UpgradeAgent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.orderId != null && $Object.hasOwnProperty.call(message, "orderId") && message.orderId !== "")
                writer.uint32(10).string(message.orderId);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(18).string(message.version);
            if (message.file != null && $Object.hasOwnProperty.call(message, "file") && message.file !== "")
                writer.uint32(26).string(message.file);
            if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes") && (typeof message.sizeBytes === "object" ? message.sizeBytes.low || message.sizeBytes.high : message.sizeBytes !== 0))
                writer.uint32(32).uint64(message.sizeBytes);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256.length)
                writer.uint32(42).bytes(message.sha256);
            if (message.readySeconds != null && $Object.hasOwnProperty.call(message, "readySeconds") && message.readySeconds !== 0)
                writer.uint32(48).uint32(message.readySeconds);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        UpgradeAgent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.UpgradeAgent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.orderId = value;
                        else
                            delete message.orderId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.file = value;
                        else
                            delete message.file;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sizeBytes = value;
                        else
                            delete message.sizeBytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.readySeconds = value;
                        else
                            delete message.readySeconds;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return UpgradeAgent;
    })();

    leeward.UpgradeStatus = (function() {

        const UpgradeStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        UpgradeStatus.prototype.orderId = "";
        UpgradeStatus.prototype.version = "";
        UpgradeStatus.prototype.state = "";
        UpgradeStatus.prototype.code = "";
        UpgradeStatus.prototype.message = "";

        UpgradeStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.orderId != null && $Object.hasOwnProperty.call(message, "orderId") && message.orderId !== "")
                writer.uint32(10).string(message.orderId);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(18).string(message.version);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(26).string(message.state);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(34).string(message.code);
            if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                writer.uint32(42).string(message.message);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        UpgradeStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.UpgradeStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.orderId = value;
                        else
                            delete message.orderId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.message = value;
                        else
                            delete message.message;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return UpgradeStatus;
    })();

    leeward.ReadRelease = (function() {

        const ReadRelease = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReadRelease.prototype.file = "";
        ReadRelease.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReadRelease.prototype.length = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ReadRelease.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.file != null && $Object.hasOwnProperty.call(message, "file") && message.file !== "")
                writer.uint32(10).string(message.file);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(16).uint64(message.offset);
            if (message.length != null && $Object.hasOwnProperty.call(message, "length") && (typeof message.length === "object" ? message.length.low || message.length.high : message.length !== 0))
                writer.uint32(24).uint64(message.length);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReadRelease.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReadRelease();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.file = value;
                        else
                            delete message.file;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.length = value;
                        else
                            delete message.length;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReadRelease;
    })();

    leeward.ReleaseContent = (function() {

        const ReleaseContent = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReleaseContent.prototype.content = $util.newBuffer([]);

        ReleaseContent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.content != null && $Object.hasOwnProperty.call(message, "content") && message.content.length)
                writer.uint32(10).bytes(message.content);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReleaseContent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReleaseContent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.content = value;
                        else
                            delete message.content;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReleaseContent;
    })();

    leeward.ListReleases = (function() {

        const ListReleases = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ListReleases.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ListReleases.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ListReleases();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ListReleases;
    })();

    leeward.ReleaseList = (function() {

        const ReleaseList = function (properties) {
            this.items = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReleaseList.prototype.items = $util.emptyArray;

        ReleaseList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.items != null && message.items.length)
                for (let i = 0; i < message.items.length; ++i)
                    $root.leeward.ReleaseItem.encode(message.items[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReleaseList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReleaseList();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.items && message.items.length))
                            message.items = [];
                        message.items.push($root.leeward.ReleaseItem.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReleaseList;
    })();

    leeward.ReleaseItem = (function() {

        const ReleaseItem = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ReleaseItem.prototype.file = "";
        ReleaseItem.prototype.sizeBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ReleaseItem.prototype.sha256 = $util.newBuffer([]);

        ReleaseItem.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.file != null && $Object.hasOwnProperty.call(message, "file") && message.file !== "")
                writer.uint32(10).string(message.file);
            if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes") && (typeof message.sizeBytes === "object" ? message.sizeBytes.low || message.sizeBytes.high : message.sizeBytes !== 0))
                writer.uint32(16).uint64(message.sizeBytes);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256.length)
                writer.uint32(26).bytes(message.sha256);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ReleaseItem.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ReleaseItem();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.file = value;
                        else
                            delete message.file;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.sizeBytes = value;
                        else
                            delete message.sizeBytes;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ReleaseItem;
    })();

    leeward.ListHistory = (function() {

        const ListHistory = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ListHistory.prototype.machineId = "";
        ListHistory.prototype.fromMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ListHistory.prototype.toMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ListHistory.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.fromMicros != null && $Object.hasOwnProperty.call(message, "fromMicros") && (typeof message.fromMicros === "object" ? message.fromMicros.low || message.fromMicros.high : message.fromMicros !== 0))
                writer.uint32(16).uint64(message.fromMicros);
            if (message.toMicros != null && $Object.hasOwnProperty.call(message, "toMicros") && (typeof message.toMicros === "object" ? message.toMicros.low || message.toMicros.high : message.toMicros !== 0))
                writer.uint32(24).uint64(message.toMicros);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ListHistory.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ListHistory();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.fromMicros = value;
                        else
                            delete message.fromMicros;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.toMicros = value;
                        else
                            delete message.toMicros;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ListHistory;
    })();

    leeward.HistoryList = (function() {

        const HistoryList = function (properties) {
            this.disks = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HistoryList.prototype.disks = $util.emptyArray;

        HistoryList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.disks != null && message.disks.length)
                for (let i = 0; i < message.disks.length; ++i)
                    $root.leeward.DiskHistoryList.encode(message.disks[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HistoryList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.HistoryList();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.disks && message.disks.length))
                            message.disks = [];
                        message.disks.push($root.leeward.DiskHistoryList.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HistoryList;
    })();

    leeward.DiskHistoryList = (function() {

        const DiskHistoryList = function (properties) {
            this.spans = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DiskHistoryList.prototype.diskId = "";
        DiskHistoryList.prototype.spans = $util.emptyArray;

        DiskHistoryList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.spans != null && message.spans.length)
                for (let i = 0; i < message.spans.length; ++i)
                    $root.leeward.HistorySpan.encode(message.spans[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DiskHistoryList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.DiskHistoryList();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.spans && message.spans.length))
                            message.spans = [];
                        message.spans.push($root.leeward.HistorySpan.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return DiskHistoryList;
    })();

    leeward.HistorySpan = (function() {

        const HistorySpan = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HistorySpan.prototype.fromMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        HistorySpan.prototype.toMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        HistorySpan.prototype.state = "";
        HistorySpan.prototype.reason = "";

        HistorySpan.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.fromMicros != null && $Object.hasOwnProperty.call(message, "fromMicros") && (typeof message.fromMicros === "object" ? message.fromMicros.low || message.fromMicros.high : message.fromMicros !== 0))
                writer.uint32(8).uint64(message.fromMicros);
            if (message.toMicros != null && $Object.hasOwnProperty.call(message, "toMicros") && (typeof message.toMicros === "object" ? message.toMicros.low || message.toMicros.high : message.toMicros !== 0))
                writer.uint32(16).uint64(message.toMicros);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(26).string(message.state);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(34).string(message.reason);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HistorySpan.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.HistorySpan();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.fromMicros = value;
                        else
                            delete message.fromMicros;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.toMicros = value;
                        else
                            delete message.toMicros;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return HistorySpan;
    })();

    leeward.ListMoments = (function() {

        const ListMoments = function (properties) {
            this.members = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ListMoments.prototype.machineId = "";
        ListMoments.prototype.pointId = "";
        ListMoments.prototype.members = $util.emptyArray;

        ListMoments.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.machineId != null && $Object.hasOwnProperty.call(message, "machineId") && message.machineId !== "")
                writer.uint32(10).string(message.machineId);
            if (message.pointId != null && $Object.hasOwnProperty.call(message, "pointId") && message.pointId !== "")
                writer.uint32(18).string(message.pointId);
            if (message.members != null && message.members.length)
                for (let i = 0; i < message.members.length; ++i)
                    $root.leeward.PointItemMember.encode(message.members[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ListMoments.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.ListMoments();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machineId = value;
                        else
                            delete message.machineId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.pointId = value;
                        else
                            delete message.pointId;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.members && message.members.length))
                            message.members = [];
                        message.members.push($root.leeward.PointItemMember.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ListMoments;
    })();

    leeward.MomentList = (function() {

        const MomentList = function (properties) {
            this.items = [];
            this.members = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MomentList.prototype.items = $util.emptyArray;
        MomentList.prototype.members = $util.emptyArray;

        MomentList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.items != null && message.items.length)
                for (let i = 0; i < message.items.length; ++i)
                    $root.leeward.MomentItem.encode(message.items[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.members != null && message.members.length)
                for (let i = 0; i < message.members.length; ++i)
                    $root.leeward.PointItemMember.encode(message.members[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MomentList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.MomentList();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.items && message.items.length))
                            message.items = [];
                        message.items.push($root.leeward.MomentItem.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.members && message.members.length))
                            message.members = [];
                        message.members.push($root.leeward.PointItemMember.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return MomentList;
    })();

    leeward.MomentItem = (function() {

        const MomentItem = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MomentItem.prototype.diskId = "";
        MomentItem.prototype.stage = "";
        MomentItem.prototype.atMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        MomentItem.prototype.tookMicros = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        MomentItem.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.diskId != null && $Object.hasOwnProperty.call(message, "diskId") && message.diskId !== "")
                writer.uint32(10).string(message.diskId);
            if (message.stage != null && $Object.hasOwnProperty.call(message, "stage") && message.stage !== "")
                writer.uint32(18).string(message.stage);
            if (message.atMicros != null && $Object.hasOwnProperty.call(message, "atMicros") && (typeof message.atMicros === "object" ? message.atMicros.low || message.atMicros.high : message.atMicros !== 0))
                writer.uint32(24).uint64(message.atMicros);
            if (message.tookMicros != null && $Object.hasOwnProperty.call(message, "tookMicros") && (typeof message.tookMicros === "object" ? message.tookMicros.low || message.tookMicros.high : message.tookMicros !== 0))
                writer.uint32(32).uint64(message.tookMicros);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MomentItem.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.leeward.MomentItem();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.diskId = value;
                        else
                            delete message.diskId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.stage = value;
                        else
                            delete message.stage;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.atMicros = value;
                        else
                            delete message.atMicros;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.tookMicros = value;
                        else
                            delete message.tookMicros;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return MomentItem;
    })();

    return leeward;
})();

export {
  $root as default
};
