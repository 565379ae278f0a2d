"""Why a Bluetooth device cannot be reached, in words a person can act on."""

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from engine.devices.transports.reasons import ENGLISH_ONLY, Reason, UnreachableError

NO_ADAPTER = Reason(
    "no_adapter",
    "this computer has no Bluetooth that the engine can use",
    "plug in a Bluetooth 4.0 adapter; on Linux start the service bluetooth",
    "这台电脑没有可用的蓝牙",
    "请插入蓝牙 4.0 适配器；Linux 上请启动 bluetooth 服务",
)
OFF = Reason(
    "bluetooth_off",
    "Bluetooth is switched off",
    "switch it on in the system's settings",
    "蓝牙已关闭",
    "请在系统设置中打开蓝牙",
)
NOT_ALLOWED = Reason(
    "bluetooth_denied",
    "the system does not let this program use Bluetooth",
    "allow it in the system's privacy settings; on Linux add the user to the group bluetooth",
    "系统不允许本程序使用蓝牙",
    "请在系统隐私设置中允许；Linux 上请把用户加入 bluetooth 组",
)
NOT_FOUND = Reason(
    "not_found",
    "no such device is in reach",
    "switch it on or put it on, wet the electrodes of a strap, "
    "and disconnect it from phones and watches",
    "附近没有找到该设备",
    "请开机或佩戴好设备，润湿心率带电极，并断开它与手机、手表的连接",
)
SEVERAL = Reason(
    "several_found",
    "several such devices are in reach",
    'say which in the rig: address = "..."',
    "附近有多台同类设备",
    '请在 rig 文件中写明 address = "..."',
)
HELD = Reason(
    "held_here",
    "is connected to this computer already, by another program or one that ended badly",
    'end that program, or say that it may be shared in the rig: address = "..."',
    "已被这台电脑上的其他程序（或异常退出的程序）连接",
    '请结束该程序；如需共用，请在 rig 文件中写明 address = "..."',
)
NO_ANSWER = Reason(
    "no_answer",
    "is seen, but does not take the connection",
    "another phone, watch or program may hold it: disconnect that; bring the device nearer",
    "能看到设备，但无法连接",
    "可能已被其他手机、手表或程序占用，请先断开；或把设备移近",
)
NOT_PAIRED = Reason(
    "not_paired",
    "wants to be paired with this computer first",
    "pair it in the system's Bluetooth settings, with the device in pairing mode",
    "需要先与这台电脑配对",
    "请让设备进入配对模式，并在系统蓝牙设置中配对",
)
WRONG_DEVICE = Reason(
    "wrong_services",
    "lacks what its model in the rig should have",
    "check the model in the rig; `anlan devices --scan` tells what fits",
    "设备缺少该型号应有的功能",
    "请检查 rig 文件中的型号；可用 anlan devices --scan 查看匹配的型号",
)
GONE = Reason(
    "gone",
    "is out of reach or switched off",
    "bring it nearer, check its battery and that it is worn",
    "超出范围或已关机",
    "请移近设备，检查电量和佩戴",
)
STUCK = Reason(
    "stuck",
    "does not take what it is sent",
    "bring it nearer, or switch it off and on",
    "不接收发送的数据",
    "请移近设备，或重新开关机",
)
FAILED = Reason(
    "bluetooth_failed",
    "Bluetooth failed",
    "switch Bluetooth off and on; it is tried again",
    "蓝牙出错",
    "请关闭再打开蓝牙；系统会自动重试",
)

_UNPAIRED = {
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
}
_OF_RADIO = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: NO_ADAPTER,
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: NO_ADAPTER,
    BleakBluetoothNotAvailableReason.POWERED_OFF: OFF,
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: NOT_ALLOWED,
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: NOT_ALLOWED,
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: NOT_ALLOWED,
}
_OF_BLUEZ = {
    "org.freedesktop.DBus.Error.ServiceUnknown": NO_ADAPTER,
    "org.freedesktop.DBus.Error.NameHasNoOwner": NO_ADAPTER,
    "org.freedesktop.DBus.Error.AccessDenied": NOT_ALLOWED,
    "org.bluez.Error.NotReady": OFF,
    "org.bluez.Error.NotAuthorized": NOT_PAIRED,
    "org.bluez.Error.NotPermitted": NOT_PAIRED,
    "org.bluez.Error.AuthenticationFailed": NOT_PAIRED,
    "org.bluez.Error.AuthenticationRejected": NOT_PAIRED,
    "org.bluez.Error.AuthenticationCanceled": NOT_PAIRED,
}


def explain(error: Exception, usually: Reason, where: str = "") -> UnreachableError:
    """Return what ``error`` of bleak means to a person.

    Parameters
    ----------
    usually
        What it means at this step if nothing more is known.
    where
        The device it is about.
    """
    match error:
        case UnreachableError():
            return error
        case BleakBluetoothNotAvailableError():
            return _OF_RADIO.get(error.reason, FAILED).error(where)
        case BleakCharacteristicNotFoundError():
            return WRONG_DEVICE.error(where, str(error.char_specifier))
        case BleakDeviceNotFoundError():
            return NO_ANSWER.error(where)
        case BleakGATTProtocolError() if error.code in _UNPAIRED:
            return NOT_PAIRED.error(where)
        case BleakDBusError() if error.dbus_error in _OF_BLUEZ:
            return _OF_BLUEZ[error.dbus_error].error(where)
        case FileNotFoundError() | ConnectionRefusedError():  # no D-Bus, so no BlueZ
            return NO_ADAPTER.error(where)
        case PermissionError():
            return NOT_ALLOWED.error(where)
        case TimeoutError():
            return usually.error(where)
        case _:
            return usually.error(where, str(error) or type(error).__name__, ENGLISH_ONLY)
