import requests
import time

class AlianzaNumberManager:
    def __init__(self, base_url, token, partition_id):
        self.base_url = base_url
        self.headers = {
            'X-AUTH-TOKEN': token,
            'Content-Type': 'application/json'
        }
        self.partition_id = partition_id

    def search_numbers(self, npa, quantity=10):
        """Search for available numbers"""
        response = requests.get(
            f'{self.base_url}/v2/partition/{self.partition_id}/telephone-number/search',
            params={'npa': npa, 'quantity': quantity},
            headers=self.headers
        )
        return response.json()['telephoneNumbers']

    def order_number(self, telephone_number, account_id):
        """Order a telephone number"""
        response = requests.post(
            f'{self.base_url}/v2/partition/{self.partition_id}/telephone-number/order',
            json={
                'telephoneNumbers': [telephone_number],
                'accountId': account_id
            },
            headers=self.headers
        )
        response.raise_for_status()
        return response.json()

    def assign_to_user(self, account_id, user_id, telephone_number, e911_address):
        """Assign number to user with E911"""
        response = requests.put(
            f'{self.base_url}/v2/partition/{self.partition_id}/account/{account_id}/user/{user_id}/telephone-number',
            json={
                'telephoneNumber': telephone_number,
                'primary': True,
                'e911Address': e911_address
            },
            headers=self.headers
        )
        response.raise_for_status()
        return response.json()

    def port_number(self, port_request):
        """Submit number port request"""
        response = requests.post(
            f'{self.base_url}/v2/partition/{self.partition_id}/telephone-number/port',
            json=port_request,
            headers=self.headers
        )
        response.raise_for_status()
        return response.json()

    def check_port_status(self, port_request_id):
        """Check port request status"""
        response = requests.get(
            f'{self.base_url}/v2/partition/{self.partition_id}/telephone-number/port/{port_request_id}',
            headers=self.headers
        )
        return response.json()

    def wait_for_port(self, port_request_id, timeout=1800):
        """Wait for port to complete (30 min max for API check)"""
        start_time = time.time()
        while time.time() - start_time < timeout:
            status = self.check_port_status(port_request_id)
            if status['status'] in ['COMPLETED', 'REJECTED', 'CANCELLED']:
                return status
            time.sleep(30)  # Check every 30 seconds
        raise TimeoutError("Port request timeout")

# Usage
manager = AlianzaNumberManager(
    'https://api.alianza.com',
    'your-token',
    'your-partition-id'
)

# Search and order
numbers = manager.search_numbers('607', quantity=5)
print(f"Found {len(numbers)} numbers")

# Order first number
order = manager.order_number(numbers[0]['telephoneNumber'], 'acc_123')
print(f"Ordered: {order}")

# Assign with E911
assignment = manager.assign_to_user(
    'acc_123',
    'user_xyz',
    numbers[0]['telephoneNumber'],
    {
        'street': '135 Front St',
        'city': 'Binghamton',
        'state': 'NY',
        'zipCode': '13905'
    }
)
print(f"Assigned to user: {assignment}")
